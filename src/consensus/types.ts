import type { Hash, Json, PeerId, Term } from '../base/index.ts'

/** Position in the log; the first entry is 1, 0 is "before everything". */
export type LogIndex = number

/** Who counts. Effective from the moment the entry is appended, reverted when it is truncated (Raft, section 4.1 of the thesis). */
export interface Configuration {
  readonly voters: readonly PeerId[]
  readonly learners: readonly PeerId[]
}

/** What an entry carries. Only `configuration` and `takeover` mean something to the protocol; the rest is the state machine's. */
export type Payload =
  /** First entry of every term; names its leader, so the state machine knows who may sign as leader. */
  | { readonly kind: 'noop'; readonly leader: PeerId }
  /** A signed batch of commands of one author; opaque text here (canonical JSON made by `ledger`). */
  | { readonly kind: 'batch'; readonly body: string }
  | { readonly kind: 'configuration'; readonly configuration: Configuration }
  /** The leader's state root after applying `index`; every member compares when it applies this entry. */
  | { readonly kind: 'checkpoint'; readonly index: LogIndex; readonly root: Hash }
  /** Master-signed act (`body`) that names the new voters and starts a cluster epoch; `base` is the last entry it builds on. */
  | {
      readonly kind: 'takeover'
      readonly id: string
      readonly base: Position
      readonly configuration: Configuration
      readonly body: string
    }

/** A place in one history: two logs with an equal position are equal up to it, because `hash` chains over all entries before. */
export interface Position {
  readonly index: LogIndex
  readonly term: Term
  readonly hash: Hash
}

export interface Entry extends Position {
  /** Leader's stamp: max(previous + 1 ms, its wall clock). The only time that apply may use. */
  readonly stampMs: number
  readonly payload: Payload
}

/** What one voter promised in a term. On disk before any message that reveals it. */
export interface Ballot {
  readonly term: Term
  readonly votedFor: PeerId | null
}

/**
 * The furthest a voter was ever seen to promise. For an honest disk (term, lastTerm, lastIndex) never goes back, in this order;
 * a new incarnation that is behind what peers remember has lost its memory and never votes again under that identity.
 */
export interface Promised {
  readonly incarnation: number
  readonly term: Term
  readonly lastTerm: Term
  readonly lastIndex: LogIndex
}

export type Role = 'leader' | 'candidate' | 'follower' | 'learner' | 'halted'

/** What `status`, the page and the tests may see of a running member. */
export interface Status {
  readonly self: PeerId
  readonly role: Role
  readonly term: Term
  readonly leader: PeerId | null
  readonly commitIndex: LogIndex
  readonly appliedIndex: LogIndex
  readonly lastIndex: LogIndex
  readonly firstIndex: LogIndex
  readonly lastStampMs: number
  readonly configuration: Configuration
  /** 0 stands first. Set by the leader, spread with heartbeats. */
  readonly ranks: Readonly<Record<PeerId, number>>
  /** Only on the leader: what it knows of the others. `activeMsAgo` counts from the last answer. */
  readonly peers: Readonly<Record<PeerId, { readonly matchIndex: LogIndex; readonly activeMsAgo: number; readonly snapshotting: boolean }>>
  /** Milliseconds (monotonic) since this node last heard the leader; 0 on the leader. */
  readonly leaderHeardMsAgo: number
  /** Why this node takes no part any more: lost memory, a state root that differs, two take-overs of one epoch. */
  readonly haltedBecause: string | null
}

/** What a snapshot is, sent before its bytes. `id` is the sha256 of its bytes. */
export interface SnapshotOffer {
  readonly id: string
  readonly position: Position
  readonly stampMs: number
  readonly configuration: Configuration
  readonly sizeBytes: number
  readonly root: Hash
}

/** Result of applying one entry, given back by the state machine; JSON so that it can be kept in replicated state. */
export type Applied = Json
