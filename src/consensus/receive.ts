import { epochOf, type PeerId } from '../base/index.ts'
import { onAppend } from './accept.ts'
import { onAppendReply, onSnapshotAnswer } from './acknowledge.ts'
import { onHello, onHelloReply, shownBy } from './amnesia.ts'
import { campaign } from './election.ts'
import { propose } from './lead.ts'
import type { Message } from './messages.ts'
import { onRead } from './reads.ts'
import { follow, mayStand } from './roles.ts'
import { speaksAboveItsSeat } from './seat.ts'
import { onSnapshot } from './snapshot-receive.ts'
import { conflicts, outranksLeader, provesEpoch } from './takeover.ts'
import { say, type Turn } from './turn.ts'
import { hasLiveLeader, onVote, onVoteReply } from './vote.ts'

/** A message of another member: first its term, then what it says. */
export const receive = (turn: Turn, from: PeerId, message: Message): void => {
  const { state } = turn
  if (from === state.self || conflicts(turn, from, message) || state.role === 'halted') return
  if (speaksAboveItsSeat(turn, from, message)) return
  if (message.term > state.term && raisesTerm(turn, message)) {
    if (epochOf(message.term) > epochOf(state.term) && !provesEpoch(turn, message)) return
    follow(turn, message.term, null)
  }
  if (message.term < state.term && isOfTerm(message)) answerOldTerm(turn, from, message)
  else dispatch(turn, from, message)
}

const dispatch = (turn: Turn, from: PeerId, message: Message): void => {
  const { state } = turn
  switch (message.kind) {
    case 'vote':
      // A newer term that did not count: a live leader is there, and this is no transfer.
      if (message.pre || message.term <= state.term) onVote(turn, from, message)
      break
    case 'vote-reply':
      onVoteReply(turn, from, message)
      break
    case 'append':
      onAppend(turn, from, message)
      break
    case 'append-reply':
      onAppendReply(turn, from, message)
      break
    case 'snapshot':
      onSnapshot(turn, from, message)
      break
    case 'snapshot-reply':
      onSnapshotAnswer(turn, from, message)
      break
    case 'timeout-now':
      if (message.term === state.term && state.leader === from && mayStand(turn)) campaign(turn, true)
      break
    case 'propose':
      propose(turn, from, message.bodies)
      break
    case 'read':
      onRead(turn, from, message.id)
      break
    case 'hello':
      onHello(turn, from)
      break
    case 'hello-reply':
      onHelloReply(turn, from, message)
      break
    case 'read-reply':
      if (from === state.leader) turn.effects.push({ kind: 'read-answered', id: message.id, index: message.index })
      break
  }
}

/** Only what was said in a term's name makes others obey that term: leaders, candidates that are not held off, and their answers. */
const raisesTerm = (turn: Turn, message: Message): boolean => {
  switch (message.kind) {
    case 'vote':
      return !message.pre && (message.transfer || !hasLiveLeader(turn) || outranksLeader(turn, message))
    case 'vote-reply':
      return !message.granted
    case 'append':
    case 'append-reply':
    case 'snapshot':
    case 'snapshot-reply':
      return true
    default:
      return false
  }
}

/** An old leader or candidate learns the newer term from the answer. */
const answerOldTerm = (turn: Turn, from: PeerId, message: Message): void => {
  const promised = shownBy(turn)
  const counts = turn.state.admission.admitted
  if (message.kind === 'vote') say(turn, from, { kind: 'vote-reply', pre: message.pre, granted: false, promised })
  else if (message.kind === 'append' || message.kind === 'snapshot')
    say(turn, from, { kind: 'append-reply', ok: false, matchIndex: 0, refusedIndex: 0, round: 0, counts, promised })
}

/** Means something in its own term only. A granted pre-vote does not: the voter may be terms behind, and says nothing in its term's name. */
const isOfTerm = (message: Message): boolean => {
  switch (message.kind) {
    case 'vote-reply':
      return !message.pre
    case 'vote':
    case 'append':
    case 'append-reply':
    case 'snapshot':
    case 'snapshot-reply':
    case 'timeout-now':
      return true
    default:
      return false
  }
}
