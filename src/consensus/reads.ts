import type { PeerId } from '../base/index.ts'
import { beginRound } from './replicate.ts'
import type { Leadership } from './state.ts'
import { majorityIndex, say, type Turn, termIsOpen, votersOf } from './turn.ts'

/*
 * ReadIndex (section 6.4 of Ongaro's thesis): a strong read may use any state at or behind the commit index at which the leader began a
 * heartbeat round that a majority answered. Reads that come while a round runs share the next one.
 */

/** A strong read asks for its index; `from` is null for one of this node. */
export const onRead = (turn: Turn, from: PeerId | null, id: number): void => {
  const { state } = turn
  if (from === null && state.lead === null && state.leader !== null) say(turn, state.leader, { kind: 'read', id })
  else if (state.lead === null || state.lead.waitingReads.length >= waitingMax) answer(turn, from, id, null)
  else {
    state.lead.waitingReads.push({ id, from })
    state.flushDue = true
  }
}

/** Begins a round for the reads that gathered, once the term is open and the round before is over. */
export const startReadRound = (turn: Turn, lead: Leadership): void => {
  if (lead.runningReads !== null || lead.waitingReads.length === 0 || !termIsOpen(turn)) return
  const reads = lead.waitingReads.splice(0)
  const index = turn.state.commitIndex
  lead.runningReads = { round: beginRound(turn, lead), index, reads }
  endReadRound(turn, lead)
}

/** Answers the reads whose round a majority has confirmed. */
export const endReadRound = (turn: Turn, lead: Leadership): void => {
  const { state } = turn
  const running = lead.runningReads
  if (running === null) return
  const rounds = votersOf(turn).map((voter) => (voter === state.self ? lead.round : (lead.peers.get(voter)?.round ?? 0)))
  if (majorityIndex(rounds) < running.round) return
  lead.runningReads = null
  for (const read of running.reads) answer(turn, read.from, read.id, running.index)
  if (lead.waitingReads.length > 0) state.flushDue = true
}

const answer = (turn: Turn, from: PeerId | null, id: number, index: number | null): void => {
  if (from === null) turn.effects.push({ kind: 'read-answered', id, index })
  else say(turn, from, { kind: 'read-reply', id, index })
}

const waitingMax = 10_000
