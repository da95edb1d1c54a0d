import type { PeerId } from '../base/index.ts'

/** Up to this many members everybody keeps a connection to everybody. */
export const fullMeshMax = 32

/**
 * Whom `self` keeps connected: all others in a small cluster; beyond `fullMeshMax` the voters, plus the members 1, 2, 4, 8 … places before and
 * after it in the order of their ids, so that the rest stays connected in few hops even while voters are away. A voter keeps everybody,
 * because everybody keeps it. The relation is symmetric and depends on nothing but its arguments.
 */
export const neighbours = (self: PeerId, members: readonly PeerId[], voters: readonly PeerId[]): PeerId[] => {
  const ring = [...new Set(members)].sort()
  const others = ring.filter((peer) => peer !== self)
  if (ring.length <= fullMeshMax || voters.includes(self)) return others
  const kept = new Set(voters.filter((peer) => ring.includes(peer)))
  const at = ring.indexOf(self)
  if (at >= 0) {
    for (let step = 1; step < ring.length; step *= 2) {
      for (const index of [at + step, at - step + ring.length]) {
        const peer = ring[index % ring.length]
        if (peer !== undefined && peer !== self) kept.add(peer)
      }
    }
  }
  return others.filter((peer) => kept.has(peer))
}
