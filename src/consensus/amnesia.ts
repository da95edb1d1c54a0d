import { epochOf, type PeerId } from '../base/index.ts'
import type { Message } from './messages.ts'
import { halt } from './roles.ts'
import { majorityOf, note, say, type Turn, votersOf } from './turn.ts'
import type { Configuration, Promised, Remembered } from './types.ts'

/*
 * Amnesia. Raft is safe only while no voter forgets. A restored disk, a rolled-back virtual machine or a repaired database forgets.
 *
 * What is remembered. Everybody keeps, per member, the join of what it was seen to promise: highest term; whether it voted in that term; and
 * how far it acknowledged the log of that term's leader. What its newest life (incarnation) promised is kept apart from what came before:
 * whatever a life shows, however late it is heard, must be at least what all lives before it promised. The leader spreads what it knows with every heartbeat. Records reach the disk with
 * the next durable commit, or after a second with one of their own.
 *
 * What an honest disk shows. Term and vote never go back. Within one term the acknowledged part of the log is never truncated (its leader's
 * log only grows, and committed entries stay). So an honest disk shows a higher term, or the same term with the vote and a log whose end is
 * not behind (lastTerm, lastIndex) of any record. Log ends that were never acknowledged may be truncated within a term, therefore a node's
 * own `shown` is compared with records but never recorded. A wipe for a take-over is no lie: nothing is acknowledged in the new epoch before
 * it (see accept.ts), and the new epoch's term is above everything promised in the old one.
 *
 * What a restarted voter does. It says hello and neither votes, stands nor counts until the voters that answered make a majority together with
 * itself, and until the live leader that any of them names has answered too. Whoever remembers more than the disk showed when it was opened,
 * or a later life than this one, proves that memory was lost: the node halts for good. (The disk counts its openings, and the count goes back
 * with a restored disk; so the number of a life has a random part, see runner.ts, and no two lives have the same.) Independently, everybody refuses votes and acknowledgements that a new incarnation
 * gives while it shows less than is remembered.
 *
 * Assumption. A loss is noticed if, of those that answer the hello, one remembers: the candidate or leader that the promise was given to,
 * or any member that heard a heartbeat of that leader since, and that did not itself lose this memory in a crash (promisesIdleMs). Not
 * noticed is a disk rolled back behind a promise whose only witnesses are gone: the leader died within one heartbeat of it and stays away.
 * Requiring every voter's answer would close this and would stop the cluster with any one voter dead.
 */

/** What this node's disk shows right now. */
export const shownBy = ({ state }: Turn): Promised => {
  const { log, saving } = state
  const lastIndex = Math.max(saving.savedIndex, log.base.index)
  return {
    incarnation: state.incarnation,
    term: state.term,
    voted: state.votedFor !== null,
    lastTerm: log.termAt(lastIndex) ?? log.base.term,
    lastIndex,
  }
}

/** True when a disk that shows `shown` cannot have promised `promised`. */
export const isBehind = (shown: Promised, promised: Promised): boolean => {
  if (shown.term !== promised.term) return shown.term < promised.term
  if (promised.voted && !shown.voted) return true
  if (shown.lastTerm !== promised.lastTerm) return shown.lastTerm < promised.lastTerm
  return shown.lastIndex < promised.lastIndex
}

/** Adds what `peer` was seen, or is said, to have promised. */
export const remember = (turn: Turn, peer: PeerId, seen: Remembered): void => {
  const { state } = turn
  if (peer === state.self) return
  const known = state.known.get(peer)
  const merged = known === undefined ? seen : merge(known, seen)
  if (merged === known) return
  if (known === undefined && (state.known.size >= knownMax || !isMember(state.log.configuration, peer))) return
  state.known.set(peer, merged)
  if (!state.saving.promisesDirty) state.saving.promisesDirtyMs = turn.nowMs
  state.saving.promisesDirty = true
}

/** Whether a message in which `peer` shows `shown` may count; if not, the peer is told what is remembered of it. */
export const trusts = (turn: Turn, peer: PeerId, shown: Promised): boolean => {
  const { state } = turn
  const known = state.known.get(peer)
  if (known === undefined) return true
  if (shown.incarnation < known.incarnation) return false
  if (!lostMemory(shown, known)) return true
  note(turn, `${peer} came back with less than it had promised; its votes and acknowledgements do not count.`)
  say(turn, peer, { kind: 'hello-reply', known, leader: state.leader })
  return false
}

/** True when a life that shows `shown` cannot be that of an honest disk, given what is remembered of the lives before it. */
const lostMemory = (shown: Promised, known: Remembered): boolean => {
  const { before } = known
  if (before !== undefined && isBehind(shown, before)) return true
  return known.incarnation < shown.incarnation && isBehind(shown, known)
}

/** At the start, and when a take-over changes who counts: admitted at once only where nobody else can know. */
export const beginAdmission = (turn: Turn): void => {
  const { state } = turn
  state.admission.admitted = others(turn).length === 0
  state.admission.answered.clear()
  state.admission.named.clear()
  state.admission.helloAtMs = state.admission.admitted ? Number.POSITIVE_INFINITY : turn.nowMs
}

/** Sends the next hellos when they are due. */
export const sayHello = (turn: Turn): void => {
  const { rules, state, nowMs } = turn
  if (state.admission.admitted || nowMs < state.admission.helloAtMs) return
  state.admission.helloAtMs = nowMs + rules.helloMs
  const leader = liveLeader(turn)
  const asked = others(turn)
  // A leader that is being removed is no voter any more, and knows most.
  if (leader !== null && !asked.includes(leader)) asked.push(leader)
  for (const peer of asked) say(turn, peer, { kind: 'hello' })
}

/** Answers with what is remembered of the asker; asks back where its answer is missing. */
export const onHello = (turn: Turn, from: PeerId): void => {
  const { state } = turn
  say(turn, from, { kind: 'hello-reply', known: state.known.get(from) ?? null, leader: liveLeader(turn) })
  const { admitted, answered } = state.admission
  if (!admitted && !answered.has(from) && others(turn).includes(from)) say(turn, from, { kind: 'hello' })
}

/** Halts where the answer proves a loss; admits this node when enough have answered. */
export const onHelloReply = (turn: Turn, from: PeerId, message: Message & { kind: 'hello-reply' }): void => {
  const { state } = turn
  const { admission } = state
  const { known } = message
  if (known !== null && (known.incarnation > state.incarnation || lostMemory(admission.shownAtStart, known))) {
    halt(
      turn,
      'This node lost its memory: its disk shows less than it had promised to others before (a restored backup, a rolled-back machine?).',
    )
    return
  }
  if (admission.admitted) return
  admission.answered.add(from)
  // The leader of an older cluster epoch saw nothing that is promised in this one, and answers to nobody in it.
  const leader = epochOf(message.term) < epochOf(state.term) ? null : message.leader
  admission.named.set(from, { leader, atMs: turn.nowMs })
  if (!mayBeAdmitted(turn)) return
  admission.admitted = true
  admission.helloAtMs = Number.POSITIVE_INFINITY
}

/** A majority has answered, and every leader that answers of the last second named. Older ones may name a leader that is dead by now. */
const mayBeAdmitted = (turn: Turn): boolean => {
  const { rules, state, nowMs } = turn
  const { answered, named } = state.admission
  const knows = (id: PeerId): boolean => id === state.self || answered.has(id)
  const voters = votersOf(turn)
  if (voters.filter(knows).length < majorityOf(voters.length)) return false
  const leaders = [...named.values()].filter(({ atMs }) => nowMs - atMs < rules.silenceMs).map(({ leader }) => leader)
  return [...leaders, liveLeader(turn)].every((leader) => leader === null || knows(leader))
}

/** Names that nobody has admitted must not fill the memory of promises. */
const isMember = ({ voters, learners }: Configuration, peer: PeerId): boolean => voters.includes(peer) || learners.includes(peer)

const knownMax = 64

const liveLeader = ({ rules, state, nowMs }: Turn): PeerId | null =>
  state.role === 'leader' || nowMs - state.leaderHeardMs < rules.silenceMs ? state.leader : null

const others = (turn: Turn): PeerId[] => votersOf(turn).filter((voter) => voter !== turn.state.self)

/** Both together; `known` itself where `seen` adds nothing. */
const merge = (known: Remembered, seen: Remembered): Remembered => {
  const older = seen.incarnation < known.incarnation ? seen : seen.incarnation > known.incarnation ? known : undefined
  const latest = older === undefined ? join(known, seen) : older === known ? seen : known
  const before = joinAll(known.before, seen.before, older)
  if (latest === known && before === known.before) return known
  return before === undefined ? latest : { ...latest, before }
}

const joinAll = (...parts: readonly (Promised | undefined)[]): Promised | undefined =>
  parts.reduce((all, part) => (part === undefined ? all : join(all ?? plain(part), part)), undefined)

/** The least that both imply; `one` itself where `other` adds nothing to it. */
const join = <Kept extends Promised>(one: Kept, other: Promised): Kept | Promised => {
  if (other.term !== one.term) return other.term < one.term ? one : plain(other)
  const further = other.lastTerm > one.lastTerm || (other.lastTerm === one.lastTerm && other.lastIndex > one.lastIndex)
  if (!further && (one.voted || !other.voted)) return one
  const { lastTerm, lastIndex } = further ? other : one
  return { incarnation: one.incarnation, term: one.term, voted: one.voted || other.voted, lastTerm, lastIndex }
}

const plain = ({ incarnation, term, voted, lastTerm, lastIndex }: Promised): Promised => ({
  incarnation,
  term,
  voted,
  lastTerm,
  lastIndex,
})
