import type { PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import type { z } from 'zod'
import type { Clock, ClusterId, Hash, Json, PeerId, Random } from '../base/index.ts'
import type { Finding } from '../host/types.ts'
import type { Address, MeshMember, PeerSight } from '../node/ports.ts'
import type { Answerer } from './answering.ts'
import type { Counters } from './counters.ts'
import type { Stranger } from './gate.ts'
import type { Intake, Limits } from './limits.ts'
import type { Twin } from './twins.ts'

/** Where the mesh reports what changes; pino's loggers fit. */
export interface MeshLog {
  debug(fields: object, text: string): void
  info(fields: object, text: string): void
  warn(fields: object, text: string): void
}

export interface MeshOptions {
  /** The node's Ed25519 key: 32-byte seed, 64 raw bytes, or a libp2p key. */
  readonly identityKey: Uint8Array | PrivateKey
  readonly clusterId: ClusterId
  /** Bound into every handshake: nodes of another genesis cannot even connect. */
  readonly genesisHash: Hash
  readonly listen: readonly { readonly host: string; readonly port: number }[]
  /** Published beside the addresses listened on, before them: for machines behind a translation of addresses. */
  readonly announce?: readonly Address[]
  /** Addresses with /p2p/… that are dialled once at the start; they must be members, too. */
  readonly firstContacts?: readonly Address[]
  readonly datastore: Datastore
  /** Raised by one and durable at each start; shows restarts to the others. */
  readonly incarnation: number
  readonly version: string
  readonly log: MeshLog
  readonly clock: Clock
  readonly random?: Random
  readonly limits?: Partial<Limits>
}

/** Numbers for metrics: counters only grow, the rest is of this moment. */
export interface MeshStats extends Counters {
  readonly members: number
  readonly peersConnected: number
  readonly connections: number
  readonly streams: number
}

/** Live knowledge of another member that is not a sight: what it told when it greeted, and what was measured since. */
export interface PeerFacts {
  readonly version: string | null
  readonly incarnation: number | null
  /** Its wall clock minus ours. */
  readonly skewMs: number | null
  readonly addresses: readonly Address[]
}

/**
 * Authenticated frames, requests and hints between the members of one cluster. Everything that comes in is from a proven member, within
 * bounds; nothing that goes out is certain to arrive.
 */
export interface Mesh extends AsyncDisposable {
  readonly self: PeerId
  /** Members let through the gate; neighbours among them are kept connected. Replaces the former list and closes connections of who is gone. */
  setMembers(members: readonly MeshMember[]): void
  /** Beyond 32 members the voters are everybody's neighbours. */
  setVoters(voters: readonly PeerId[]): void
  /** Whose word is needed before anybody is called down. */
  setLeader(leader: PeerId | null): void
  /** Where others reach this node, ranked for publishing. */
  listenAddresses(): Address[]

  /** One frame, one way, on a kept stream. False when it (or an older one in its favour) was dropped; true promises nothing. */
  send(to: PeerId, protocol: string, frame: Uint8Array): boolean
  /** Frames of a protocol. A listener that throws closes that stream; one that returns a promise holds one of the peer's places until it settles. */
  onFrame(protocol: string, listen: (from: PeerId, frame: Uint8Array) => void | Promise<void>, intake?: Partial<Intake>): () => void
  /** Faults: `not-connected`, `busy`, `too-large`, `aborted`, `timeout` and `peer-lost` (outcome unknown), or what the other side answered with. */
  request(to: PeerId, protocol: string, body: Json, options: { readonly deadlineMs: number; readonly signal?: AbortSignal }): Promise<Json>
  handle<Body>(protocol: string, schema: z.ZodType<Body>, answer: Answerer<Body>, intake?: Partial<Intake>): () => void
  gossip(topic: string, hint: Json): Promise<void>
  onGossip(topic: string, listen: (from: PeerId, hint: Json) => void): () => void

  /** The process of a peer died: its connection closed and its port refuses, or another process answers in its place. Never a silent network. */
  onLost(listen: (peer: PeerId) => void): () => void
  sights(): PeerSight[]
  /** Told whenever a connection or the health of a peer changed. */
  onSight(listen: () => void): () => void
  factsOf(peer: PeerId): PeerFacts
  roundTrips(): Map<PeerId, { readonly medianMs: number; readonly samples: number }>
  /** Median round trips between any two members, as each of them announced its own. */
  matrix(): { readonly from: PeerId; readonly to: PeerId; readonly ms: number }[]
  duplicates(): readonly Twin[]
  /** Who was turned away at the door. */
  onStranger(listen: (stranger: Stranger) => void): () => void
  diagnose(peer: PeerId): Promise<Finding[]>
  stats(): MeshStats
}
