import type { PeerId } from '../base/index.ts'
import type { Message } from './messages.ts'
import type { SnapshotOffer } from './ports.ts'
import type { Leadership, Peer } from './state.ts'
import type { Turn } from './turn.ts'

/** The peer lacks entries that are compacted here: it gets the state instead. */
export const startSnapshot = ({ state, effects }: Turn, peer: Peer): void => {
  peer.mode = 'snapshot'
  peer.offer = null
  peer.flights = []
  peer.flightChars = 0
  if (peer.taking) return
  peer.taking = true
  effects.push({ kind: 'take-snapshot', to: peer.id, atLeast: state.log.base.index })
}

/** The snapshot is there: ask the peer how much of it it has. */
export const onSnapshotTaken = (turn: Turn, lead: Leadership, to: PeerId, offer: SnapshotOffer): void => {
  const peer = lead.peers.get(to)
  if (peer === undefined) return
  peer.taking = false
  if (peer.mode !== 'snapshot') return
  peer.offer = offer
  sendChunk(turn, lead, peer, true)
}

/** None could be taken: the next heartbeat tries again. */
export const onSnapshotFailed = (lead: Leadership, to: PeerId): void => {
  const peer = lead.peers.get(to)
  if (peer !== undefined) peer.taking = false
}

/** The snapshot was deleted meanwhile: take another. */
export const onSnapshotGone = (turn: Turn, lead: Leadership, to: PeerId): void => {
  const peer = lead.peers.get(to)
  if (peer?.mode === 'snapshot') startSnapshot(turn, peer)
}

/** Repeats the last chunk when its answer stayed away, and asks for a snapshot again where the first asking was lost. */
export const sendNextChunk = (turn: Turn, lead: Leadership, peer: Peer): void => {
  if (peer.offer === null) {
    if (!peer.taking) startSnapshot(turn, peer)
    return
  }
  if (turn.nowMs - peer.chunkSentMs >= turn.rules.chunkRetryMs) sendChunk(turn, lead, peer, true)
}

/** The peer says how much it has: send the next chunk, or go on behind an installed snapshot. True when it was installed. */
export const onSnapshotReply = (turn: Turn, lead: Leadership, peer: Peer, message: Message & { kind: 'snapshot-reply' }): boolean => {
  const { offer } = peer
  if (peer.mode !== 'snapshot' || offer === null || offer.id !== message.id) return false
  if (message.installed) {
    resumeBehind(peer, offer.position.index)
    return true
  }
  // Only progress, or the answer to a question (offset unknown), moves on: a repeated answer would double the stream.
  if (message.haveBytes === peer.offset) return false
  peer.offset = Math.min(message.haveBytes, offer.sizeBytes)
  if (peer.offset < offer.sizeBytes) sendChunk(turn, lead, peer, false)
  return false
}

/** Back to entries, the next one behind `index`. */
export const resumeBehind = (peer: Peer, index: number): void => {
  peer.mode = 'probe'
  peer.probing = false
  peer.offer = null
  peer.nextIndex = index + 1
}

const sendChunk = ({ rules, state, nowMs, effects }: Turn, lead: Leadership, peer: Peer, asks: boolean): void => {
  if (peer.offer === null) return
  peer.chunkSentMs = nowMs
  if (asks) peer.offset = offsetUnknown
  const [offset, lengthMax] = asks ? [0, 0] : [peer.offset, rules.chunkBytes]
  const { term, incarnation } = state
  effects.push({ kind: 'send-chunk', to: peer.id, offer: peer.offer, offset, lengthMax, round: lead.round, term, incarnation })
}

const offsetUnknown = -1
