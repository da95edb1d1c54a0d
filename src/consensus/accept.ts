import { epochOf, type PeerId, type Term } from '../base/index.ts'
import { remember, shownBy } from './amnesia.ts'
import { commitTo } from './commit.ts'
import { isEmpty } from './empty.ts'
import { type End, follows } from './entry.ts'
import { invariant } from './invariant.ts'
import type { Message } from './messages.ts'
import { follow, halt, resetElectionTimer } from './roles.ts'
import type { State } from './state.ts'
import { note, say, type Turn } from './turn.ts'
import type { Entry, LogIndex, Position } from './types.ts'
import { beginWipe, mustWipe } from './wipe.ts'

type Append = Message & { kind: 'append' }

/** Entries, and the place in our log behind which they belong. */
interface Fit {
  readonly previous: Position
  readonly entries: readonly Entry[]
}

/** The leader of the present term speaks: everything that follows from hearing it, whatever it says. False when it is not our leader. */
export const hearLeader = (turn: Turn, from: PeerId, ranks?: State['ranks']): boolean => {
  const { state } = turn
  if (state.role === 'leader' || (state.leader !== null && state.leader !== from)) return false
  if (state.role !== 'follower' || state.leader !== from) follow(turn, state.term, from)
  state.leaderHeardMs = turn.nowMs
  state.election.lost = null
  if (ranks !== undefined && !isEmpty(ranks)) state.ranks = ranks
  resetElectionTimer(turn)
  return true
}

/** Entries from the leader (or a heartbeat). What fits is kept and acknowledged when it is saved; what does not is answered at once. */
export const onAppend = (turn: Turn, from: PeerId, message: Append): void => {
  const { state } = turn
  if (!hearLeader(turn, from, message.ranks)) return
  learn(turn, message)
  const asks = message.round > state.following.roundHeard
  if (asks) state.following.roundHeard = message.round
  if (state.saving.wipe !== null || state.saving.install !== null) acknowledgeNow(turn)
  else if (message.takeover !== undefined && mustWipe(turn, message.takeover)) beginWipe(turn, message.takeover)
  else {
    const fit = fitAt(turn, message)
    if (typeof fit === 'number') refuse(turn, message, fit)
    else if (fit !== null) take(turn, message, fit, asks)
  }
}

/** Keeps entries at the place where they fit, and acknowledges them when they are saved; a new round (`asks`) is answered at once. */
const take = (turn: Turn, message: Append, fit: Fit, asks: boolean): void => {
  const { state } = turn
  if (!keep(turn, fit.previous, fit.entries, message.term)) return
  const { following } = state
  following.matched = Math.max(following.matched, fit.previous.index + fit.entries.length)
  commitTo(turn, Math.max(state.commitIndex, Math.min(message.commitIndex, following.matched)))
  following.ackOwed = true
  if (state.saving.savedIndex >= following.matched) acknowledge(turn)
  else if (asks) acknowledgeNow(turn)
}

/** Tells the leader how much of its log is saved here. Called whenever that may have grown. */
export const acknowledge = (turn: Turn): void => {
  const { state } = turn
  const { following } = state
  if (!following.ackOwed || state.role !== 'follower') return
  if (state.saving.savedIndex >= following.matched) following.ackOwed = false
  acknowledgeNow(turn)
}

const acknowledgeNow = (turn: Turn): void => {
  const { state } = turn
  if (state.leader === null) return
  const { roundHeard: round } = state.following
  const matchIndex = Math.min(state.saving.savedIndex, state.following.matched)
  const { admitted: counts } = state.admission
  say(turn, state.leader, { kind: 'append-reply', ok: true, matchIndex, refusedIndex: 0, round, counts, promised: shownBy(turn) })
}

const refuse = (turn: Turn, { previous, round }: Append, hint: LogIndex): void => {
  const { state } = turn
  if (state.leader === null) return
  const { admitted: counts } = state.admission
  const refusedIndex = previous.index
  say(turn, state.leader, { kind: 'append-reply', ok: false, matchIndex: hint, refusedIndex, round, counts, promised: shownBy(turn) })
}

const learn = (turn: Turn, { promises }: Append): void => {
  for (const [peer, promised] of Object.entries(promises) as [PeerId, Append['promises'][PeerId]][]) remember(turn, peer, promised)
}

/**
 * Where the message fits into our log: the place and the entries behind it, or the index where the leader should try next, or null where it
 * can never fit (then a wipe or a halt has begun). Nothing at or below the commit index is looked at twice: a message that starts
 * there is cut, and one that ends there is refused towards the commit index. So nothing is acknowledged in a new cluster epoch before the
 * committed part was found equal.
 */
const fitAt = (turn: Turn, message: Append): Fit | LogIndex | null => {
  const { log, commitIndex } = turn.state
  let { previous, entries } = message
  if (previous.index > log.lastIndex) return log.lastIndex
  if (previous.index < commitIndex) {
    const skipped = commitIndex - previous.index
    const at = entries[skipped - 1]
    if (at === undefined) {
      const mine = log.positionAt(previous.index)
      if (mine !== undefined && mine.hash !== previous.hash) return diverged(turn)
      return commitIndex
    }
    previous = at
    entries = entries.slice(skipped)
  }
  const mine = log.positionAt(previous.index)
  if (mine === undefined || mine.hash !== previous.hash) {
    if (previous.index <= commitIndex) return diverged(turn)
    return Math.max(commitIndex, beforeTerm(turn, previous.index))
  }
  return { previous, entries }
}

/** Our committed history is not the leader's. After a take-over that is the losing side's lot; otherwise somebody's state is broken. */
const diverged = (turn: Turn): null => {
  const { state } = turn
  if (epochOf(state.term) > state.log.epoch) beginWipe(turn, null)
  else halt(turn, 'The committed history of this node differs from the leader’s. Its database may be damaged.')
  return null
}

/** The last index before the run of equal terms that ends at `index`: skips a whole conflicting term at once (section 5.3 of the paper). */
const beforeTerm = ({ state }: Turn, index: LogIndex): LogIndex => {
  const { log, commitIndex } = state
  const term = log.termAt(index)
  let before = index - 1
  while (before > commitIndex && log.termAt(before) === term) before--
  return before
}

/** Adds what is new, after checking that every entry continues the chain of hashes. False where one does not: the message is dropped. */
const keep = (turn: Turn, previous: Position, entries: readonly Entry[], leaderTerm: Term): boolean => {
  const { rules, state } = turn
  const { log } = state
  const { hash, index, term } = previous
  let end: End = { hash, index, term, stampMs: log.at(index)?.stampMs ?? log.baseStampMs }
  for (const entry of entries) {
    const mine = entry.index <= log.lastIndex ? log.at(entry.index) : undefined
    if (mine === undefined || mine.hash !== entry.hash) {
      if (!follows(entry, end) || entry.term > leaderTerm) return false
      if (isFromTheFuture(turn, end.stampMs, entry.stampMs)) {
        complainOfClocks(turn)
        return false
      }
      if (entry.payload.kind === 'takeover' && rules.acceptsTakeover(entry.payload) !== null) return false
      if (mine !== undefined) truncate(turn, entry.index)
      if (log.lastIndex - state.saving.savedIndex >= rules.backlogEntriesMax) return false
      log.append(entry)
      state.flushDue = true
    }
    end = entry
  }
  return true
}

/**
 * A stamp far ahead of this node's clock would let every ticket expire for good: no leader may do that alone. A clock that is itself far behind
 * the log is no judge.
 */
export const isFromTheFuture = ({ rules, wallMs }: Turn, lastMs: number, stampMs: number): boolean =>
  stampMs > wallMs + rules.stampAheadMsMax && wallMs + rules.stampAheadMsMax >= lastMs

/** Once per leader: this node then keeps nothing that the leader writes, and somebody must be told why. */
const complainOfClocks = (turn: Turn): void => {
  const { following } = turn.state
  if (following.clockNoted) return
  following.clockNoted = true
  note(turn, 'The leader stamps its entries more than a day ahead of this clock, so they are not taken. Set the clocks of both machines.')
}

const truncate = ({ state }: Turn, index: LogIndex): void => {
  const { log, saving, commitIndex } = state
  invariant(index > commitIndex, 'nothing committed is truncated')
  log.truncateFrom(index)
  saving.savedIndex = Math.min(saving.savedIndex, index - 1)
  if (saving.inFlight !== null) saving.inFlight.validTo = Math.min(saving.inFlight.validTo, index - 1)
}
