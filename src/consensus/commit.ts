import { Fault, type PeerId } from '../base/index.ts'
import { nextEntry, nextStampMs } from './entry.ts'
import { invariant, present } from './invariant.ts'
import { feed, freshPeer, tellCommit } from './replicate.ts'
import { asideRank, stepDown } from './roles.ts'
import type { Leadership } from './state.ts'
import { configurationOf, majorityIndex, say, type Turn, votersOf } from './turn.ts'
import type { Configuration, Entry, LogIndex, Payload } from './types.ts'

/** Appends an entry of the leader's own, stamped max(previous + 1 ms, wall clock). It is sent and saved with the next flush. */
export const appendOwn = (turn: Turn, payload: Payload): Entry => {
  const { state, wallMs } = turn
  const stampMs = nextStampMs(state.log.lastStampMs, wallMs)
  const entry = nextEntry(state.log.last, state.term, stampMs, payload)
  state.log.append(entry)
  state.flushDue = true
  return entry
}

/** Moves the commit index as far as a majority has saved entries of this term, and does what waited for it. */
export const advanceCommit = (turn: Turn, lead: Leadership): void => {
  const { state } = turn
  const index = majorityIndex(votersOf(turn).map((voter) => savedBy(turn, lead, voter)))
  if (index <= state.commitIndex) return
  if (state.log.termAt(index) !== state.term) return
  commitTo(turn, index)
  tellForwarders(turn, lead)
  if (lead.reconfiguring !== null && lead.reconfiguring.index <= index) settleMembers(turn, lead, lead.reconfiguring.id)
}

/** Moves the commit index, which never goes back. */
export const commitTo = ({ state }: Turn, index: LogIndex): void => {
  invariant(index <= state.log.lastIndex, 'only what is in the log is committed')
  if (index <= state.commitIndex) return
  state.commitIndex = index
  state.flushDue = true
}

/** Keeps one Peer for everybody in any of `configurations` (two while one changes into the other), and no others. */
export const reconcilePeers = ({ state, nowMs }: Turn, lead: Leadership, configurations: readonly Configuration[]): void => {
  const wanted = new Set(configurations.flatMap(({ voters, learners }) => [...voters, ...learners]))
  wanted.delete(state.self)
  for (const id of wanted) if (!lead.peers.has(id)) lead.peers.set(id, freshPeer(id, state.log.lastIndex + 1, nowMs))
  for (const id of lead.peers.keys()) if (!wanted.has(id)) lead.peers.delete(id)
}

/** The voter that should lead instead: it answers, is not set aside where that can be helped, and has the most; null where there is none. */
export const successor = (turn: Turn, lead: Leadership, aside: boolean): PeerId | null => {
  const { rules, state, nowMs } = turn
  const order = (id: PeerId): number => state.ranks[id] ?? 0
  let best: PeerId | null = null
  for (const id of configurationOf(turn).voters) {
    const peer = lead.peers.get(id)
    if (peer === undefined || !peer.counts || nowMs - peer.countedMs > rules.quorumMs) continue
    if (!aside && order(id) >= asideRank) continue
    const other = best === null ? undefined : present(lead.peers.get(best), 'the best peer')
    if (other === undefined || peer.matchIndex > other.matchIndex || (peer.matchIndex === other.matchIndex && order(id) < order(other.id)))
      best = id
  }
  return best
}

const savedBy = ({ state }: Turn, lead: Leadership, voter: PeerId): LogIndex => {
  if (voter === state.self) return state.saving.savedIndex
  const peer = lead.peers.get(voter)
  return peer?.counts ? peer.matchIndex : 0
}

/** Members whose proposals were just committed hear it at once, so that their clients wait no heartbeat for an answer. */
const tellForwarders = (turn: Turn, lead: Leadership): void => {
  const { commitIndex } = turn.state
  for (const peer of lead.peers.values()) {
    if (peer.forwarded.length === 0 || (peer.forwarded[0] ?? 0) > commitIndex) continue
    peer.forwarded = peer.forwarded.filter((index) => index > commitIndex)
    tellCommit(turn, lead, peer)
  }
}

/** A change of members is committed: the leavers hear of it once, and a leader that left hands on. */
const settleMembers = (turn: Turn, lead: Leadership, id: number | null): void => {
  const { state, effects } = turn
  lead.reconfiguring = null
  for (const peer of lead.peers.values()) {
    feed(turn, lead, peer)
    tellCommit(turn, lead, peer)
  }
  reconcilePeers(turn, lead, [state.log.configuration])
  if (id !== null) effects.push({ kind: 'reconfigured', id, fault: null })
  if (state.log.configuration.voters.includes(state.self)) return
  const next = successor(turn, lead, true)
  stepDown(turn, 'it is no voter any more')
  if (next !== null) say(turn, next, { kind: 'timeout-now' })
}

/** Answer for acts that only an established leader can do. */
export const notOpen = (): Fault<'no-leader'> =>
  new Fault('no-leader', 'This node does not lead, or has only just begun to.', { hint: 'Try again in a moment.' })
