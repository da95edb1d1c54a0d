import type { z } from 'zod'
import type { Json, PeerId } from '../base/index.ts'
import type { Finding } from '../host/types.ts'

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

/** What a node needs from the mesh beside the wire of consensus. `src/mesh` provides it. */
export interface Mesh extends AsyncDisposable {
  readonly self: PeerId
  /** Who may connect and whom to keep connected; connections of others are closed. */
  setMembers(members: readonly MeshMember[]): void
  /** Beyond 32 members the voters are everybody's neighbours. */
  setVoters(voters: readonly PeerId[]): void
  /** Agreement on "down" needs the leader's word. */
  setLeader(leader: PeerId | null): void
  /** Own addresses, best first, to be published in the member record. */
  listenAddresses(): Address[]
  /** One-way and best effort; false when nothing could be queued. */
  send(to: PeerId, protocol: string, frame: Uint8Array): boolean
  onFrame(
    protocol: string,
    listen: (from: PeerId, frame: Uint8Array) => void,
    intake?: { readonly frameBytesMax?: number; readonly perPeerFramesPerSecondMax?: number },
  ): () => void
  request(to: PeerId, protocol: string, body: Json, options: { readonly deadlineMs: number }): Promise<Json>
  handle<Body>(protocol: string, schema: z.ZodType<Body>, answer: (from: PeerId, body: Body) => Promise<Json>): () => void
  sights(): PeerSight[]
  /** Told whenever a connection or somebody's health changed. */
  onSight(listen: () => void): () => void
  onLost(listen: (peer: PeerId) => void): () => void
  /** Two processes that run with one identity (a cloned disk). */
  duplicates(): readonly { readonly peer: PeerId; readonly where: readonly string[]; readonly how: string }[]
  diagnose(peer: PeerId): Promise<Finding[]>
}
