import type { PeerSight } from '../node/ports.ts'
import type { Peer } from './peer.ts'

/** What others of this node may see of a peer. */
export const sightOf = (peer: Peer, health: PeerSight['health'], nowMs: number): PeerSight => ({
  peer: peer.id,
  connected: peer.active !== null,
  address: peer.answered,
  rttMs: peer.active ? peer.trips.medianMs() : null,
  heardMsAgo: peer.heardMs === null ? null : Math.max(0, Math.round(nowMs - peer.heardMs)),
  health,
  reason: health === 'healthy' ? null : peer.reason,
})
