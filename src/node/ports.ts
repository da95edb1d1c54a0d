import type { PeerId } from '../base/index.ts'

/** One of a member's addresses as the mesh dials it, best first: "/ip4/10.0.0.5/tcp/8081". */
export type Address = string

/** How this node sees another right now. Routing acts on this at once; "down" in the cluster's sense needs agreement. */
export interface PeerSight {
  readonly peer: PeerId
  readonly connected: boolean
  /** The address that answered last. */
  readonly address: Address | null
  /** Median of the recent round trips in milliseconds. */
  readonly rttMs: number | null
  readonly heardMsAgo: number | null
  readonly health: 'healthy' | 'suspected' | 'down' | 'unknown'
  /** Why it is not healthy: "refused", "timed out", "another cluster", "another identity", … */
  readonly reason: string | null
}

export interface MeshMember {
  readonly peer: PeerId
  readonly addresses: readonly Address[]
}
