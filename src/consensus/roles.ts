import { epochOf, Fault, type PeerId, showTerm, type Term } from '../base/index.ts'
import { dropOldTerm, note, say, type Turn, votersOf } from './turn.ts'

/** Ranks from here on mark members that stand aside (weight 0): they stand last and hand leadership on as soon as somebody else can take it. */
export const asideRank = 1000

/** This member's place in the order of standing: what the leader said, else its place among the voters. */
export const rankOf = (turn: Turn): number => {
  const { state } = turn
  const { voters } = state.log.configuration
  const rank = state.ranks[state.self] ?? Math.max(0, voters.indexOf(state.self))
  return rank >= asideRank ? voters.length : rank
}

/** The leader was heard (or a vote granted): the next election is a whole silence away. */
export const resetElectionTimer = (turn: Turn): void => {
  const { rules, state, nowMs, random } = turn
  state.election.deadlineMs = nowMs + rules.silenceMs + rankOf(turn) * rules.silencePerRankMs + random * rules.silenceJitterMs
}

/** A round of standing failed or is to be waited for: the next one comes soon, whatever the rank. */
export const setRetryTimer = ({ rules, state, nowMs, random }: Turn): void => {
  const [from, to] = state.election.lost === null ? rules.silenceRetryMs : rules.lostRetryMs
  state.election.deadlineMs = nowMs + from + random * (to - from)
}

/** Whether this member may stand at all: a voter with proved memory, a working disk, and the take-over of its epoch in its log. */
export const mayStand = (turn: Turn): boolean => {
  const { rules, state, nowMs } = turn
  const { inFlight, suspect, wipe } = state.saving
  if (!state.admission.admitted || suspect || wipe !== null) return false
  if (inFlight !== null && nowMs >= inFlight.sinceMs + rules.diskPatienceMs) return false
  if (state.log.epoch !== epochOf(state.term)) return false
  return votersOf(turn).includes(state.self) || isLeaving(turn)
}

/**
 * A voter whose removal is in its log but not committed may be the only one with the newest log: it still stands, without a vote of its own
 * (section 4.2.2 of the thesis).
 */
const isLeaving = ({ state }: Turn): boolean => {
  const { log, commitIndex, self } = state
  return log.configurationIndex > commitIndex && log.configurationAt(log.configurationIndex - 1).voters.includes(self)
}

/** Becomes a follower of `leader` (null: not known yet) in `term`, which is at least the present one. */
export const follow = (turn: Turn, term: Term, leader: PeerId | null): void => {
  const { state } = turn
  if (state.role === 'halted') return
  if (state.lead !== null) endLeadership(turn)
  const newer = term > state.term
  if (newer) {
    state.term = term
    state.votedFor = null
    state.saving.ballotVersion++
    dropOldTerm(state)
    state.flushDue = true
  }
  if (newer || leader !== state.leader || state.role !== 'follower') {
    state.following.matched = 0
    state.following.ackOwed = false
    state.following.roundHeard = 0
    state.following.clockNoted = false
    state.following.receiving = null
  }
  state.role = 'follower'
  state.leader = leader
}

/** Gives leadership up within the term, because of something said in `because`. */
export const stepDown = (turn: Turn, because: string): void => {
  const { state } = turn
  note(turn, `No longer leads term ${showTerm(state.term)}: ${because}.`)
  follow(turn, state.term, null)
  resetElectionTimer(turn)
}

const endLeadership = (turn: Turn): void => {
  const { state, effects } = turn
  const { lead } = state
  if (lead === null) return
  state.lead = null
  for (const read of [...lead.waitingReads, ...(lead.runningReads?.reads ?? [])]) {
    if (read.from === null) effects.push({ kind: 'read-answered', id: read.id, index: null })
    else say(turn, read.from, { kind: 'read-reply', id: read.id, index: null })
  }
  if (lead.reconfiguring !== null && lead.reconfiguring.id !== null) {
    const fault = new Fault('timeout', 'Leadership ended before the change of members was committed; it may still happen.', {
      hint: 'Look at the members, then try again.',
    })
    effects.push({ kind: 'reconfigured', id: lead.reconfiguring.id, fault })
  }
  // A transfer goes on: whether it succeeded shows when the next leader is known (see transfer.ts).
}

/** Takes no part any more, for good. */
export const halt = (turn: Turn, because: string): void => {
  const { state, effects } = turn
  if (state.role === 'halted') return
  if (state.lead !== null) endLeadership(turn)
  state.role = 'halted'
  state.haltedBecause = because
  state.leader = null
  effects.push({ kind: 'halt', because })
}
