import type { PeerId } from '../base/index.ts'
import type { Address, MeshMember } from '../node/ports.ts'
import type { Digest } from './greeting.ts'
import type { Lane } from './lane.ts'
import type { Link } from './link.ts'
import { RoundTrips } from './round-trips.ts'

/** All this node knows of one other member right now. */
export interface Peer {
  readonly id: PeerId
  member: MeshMember
  /** Kept connected; beyond 32 members only some are. */
  neighbour: boolean
  /** Open connections, the one in use included. */
  links: Link[]
  active: Link | null
  /** Connected and not yet reported as disconnected. */
  up: boolean
  /** The process met last, and whether its end was already announced. */
  process: { readonly boot: string; readonly incarnation: number; lost: boolean } | null
  /** Where its process listened when its last connection closed: refusal there means that it is gone. */
  lastSeenAt: readonly Address[]
  version: string | null
  /** Addresses it told itself. */
  told: readonly Address[]
  answered: Address | null
  /** Since when it is watched; the first word is given that long to come. */
  watchedMs: number
  heardMs: number | null
  suspected: boolean
  reason: string | null
  readonly trips: RoundTrips
  readonly skews: number[]
  /** What it announced last, and when that came in. */
  digest: { readonly message: Digest; readonly atMs: number } | null
  suspects: { readonly peers: ReadonlySet<PeerId>; readonly atMs: number } | null
  readonly lanes: Map<string, Lane>
}

export const newPeer = (member: MeshMember, nowMs: number): Peer => ({
  id: member.peer,
  member,
  neighbour: false,
  links: [],
  active: null,
  up: false,
  process: null,
  lastSeenAt: [],
  version: null,
  told: [],
  answered: null,
  watchedMs: nowMs,
  heardMs: null,
  suspected: false,
  reason: null,
  trips: new RoundTrips(),
  skews: [],
  digest: null,
  suspects: null,
  lanes: new Map(),
})

/** How far its wall clock is ahead of ours, from the echoes; null before the first. */
export const skewMsOf = (peer: Peer): number | null => {
  const sorted = [...peer.skews].sort((left, right) => left - right)
  const middle = sorted[sorted.length >> 1]
  return middle === undefined ? null : Math.round(middle)
}
