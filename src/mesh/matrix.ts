import { asPeerId, type PeerId } from '../base/index.ts'
import type { Peer } from './peer.ts'

/** Own median round trips, by peer, with how many exchanges they rest on. */
export const ownTrips = (peers: Iterable<Peer>): Map<PeerId, { medianMs: number; samples: number }> => {
  const trips = new Map<PeerId, { medianMs: number; samples: number }>()
  for (const { id, trips: measured } of peers) {
    const medianMs = measured.medianMs()
    if (medianMs !== null) trips.set(id, { medianMs, samples: measured.samples })
  }
  return trips
}

/** Everybody's medians as far as they are known here: our own and what connected peers announced, between members only. */
export const matrixOf = (self: PeerId, peers: ReadonlyMap<PeerId, Peer>): { from: PeerId; to: PeerId; ms: number }[] => {
  const cells: { from: PeerId; to: PeerId; ms: number }[] = []
  for (const peer of peers.values()) {
    if (!peer.active) continue
    const own = peer.trips.medianMs()
    if (own !== null) cells.push({ from: self, to: peer.id, ms: own })
    for (const [to, ms] of Object.entries(peer.digest?.message.medians ?? {})) {
      const target = asPeerId(to)
      if (target !== peer.id && (target === self || peers.has(target))) cells.push({ from: peer.id, to: target, ms })
    }
  }
  return cells
}
