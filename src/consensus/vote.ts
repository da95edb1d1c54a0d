import { epochOf, type PeerId, type Term, termZero } from '../base/index.ts'
import { remember, shownBy, trusts } from './amnesia.ts'
import { countVote, hastenElection } from './election.ts'
import type { Message } from './messages.ts'
import { resetElectionTimer } from './roles.ts'
import { outranksLeader } from './takeover.ts'
import { say, type Turn } from './turn.ts'

type Vote = Message & { kind: 'vote' }

/** Whether this node has reason to believe that the cluster has a leader: it leads, or heard one lately that was not seen to die. */
export const hasLiveLeader = ({ rules, state, nowMs }: Turn): boolean => {
  if (state.role === 'leader') return true
  if (state.leader === null || state.election.lost === state.leader) return false
  return nowMs - state.leaderHeardMs < rules.silenceMs
}

/** A request for a vote, or (pre) the question whether it would be granted. */
export const onVote = (turn: Turn, from: PeerId, message: Vote): void => {
  if (message.pre) onPreVote(turn, from, message)
  else onRealVote(turn, from, message)
}

/** An answer to our request. A majority of them makes a candidate, or a leader. */
export const onVoteReply = (turn: Turn, from: PeerId, message: Message & { kind: 'vote-reply' }): void => {
  const { state } = turn
  if (!message.granted || !trusts(turn, from, message.promised)) return
  if (message.pre) {
    countVote(turn, from, true)
    return
  }
  if (message.term !== state.term) return
  remember(turn, from, { incarnation: message.incarnation, term: message.term, voted: true, lastTerm: termZero, lastIndex: 0 })
  countVote(turn, from, false)
}

/** The process of `peer` died. Where it led, stand soon and grant at once what was refused for its sake a moment ago. */
export const onLost = (turn: Turn, peer: PeerId): void => {
  const { state, nowMs } = turn
  if (state.role === 'leader' || state.role === 'halted' || state.leader !== peer) return
  state.election.lost = peer
  hastenElection(turn)
  const deferred = state.election.deferred.splice(0)
  for (const asked of deferred) {
    if (nowMs - asked.atMs > deferredMs || asked.from === peer) continue
    const { from, term, index, lastTerm } = asked
    if (wouldGrant(turn, term, { index, term: lastTerm })) replyPre(turn, from, true)
  }
}

const onPreVote = (turn: Turn, from: PeerId, message: Vote): void => {
  const { state, nowMs } = turn
  const { last, term } = message
  const willing = wouldGrant(turn, term, last)
  const live = !message.transfer && hasLiveLeader(turn) && !outranksLeader(turn, message)
  if (willing && live) {
    const { deferred } = state.election
    if (deferred.length >= deferredMax) deferred.shift()
    deferred.push({ from, term, index: last.index, lastTerm: last.term, atMs: nowMs })
  }
  replyPre(turn, from, willing && !live)
}

/** Pre-votes are answered from what is known, promising nothing; a node that could not save a vote does not hold one out. */
const wouldGrant = (turn: Turn, term: Term, last: Vote['last']): boolean =>
  term >= turn.state.term && mayVote(turn) && isUpToDate(turn, last) && isOfEpoch(term, last)

const onRealVote = (turn: Turn, from: PeerId, message: Vote): void => {
  const { state } = turn
  const free = state.votedFor === null || state.votedFor === from
  const current = message.term === state.term
  const granted =
    current && free && state.role !== 'leader' && mayVote(turn) && isUpToDate(turn, message.last) && isOfEpoch(message.term, message.last)
  if (granted) {
    if (state.votedFor !== from) {
      state.votedFor = from
      state.saving.ballotVersion++
      state.flushDue = true
    }
    resetElectionTimer(turn)
  }
  // `promised` describes the disk at the time the answer leaves: the vote is in the same commit that releases it.
  say(turn, from, { kind: 'vote-reply', pre: false, granted, promised: shownBy(turn) })
}

const replyPre = (turn: Turn, to: PeerId, granted: boolean): void =>
  say(turn, to, { kind: 'vote-reply', pre: true, granted, promised: shownBy(turn) })

const mayVote = ({ state }: Turn): boolean => state.admission.admitted && !state.saving.suspect && state.saving.wipe === null

/** The candidate's log ends at or behind ours (section 5.4.1 of the paper). */
const isUpToDate = ({ state }: Turn, last: Vote['last']): boolean => {
  const mine = state.log.last
  return last.term > mine.term || (last.term === mine.term && last.index >= mine.index)
}

/** Nobody leads in a cluster epoch without the take-over that opened it in its log. */
const isOfEpoch = (term: Term, last: Vote['last']): boolean => epochOf(term) === epochOf(last.term)

const deferredMax = 16
const deferredMs = 300
