import type { Hash, Json, PeerId, Term } from '../base/index.ts'

/** Position in the log; the first entry is 1, 0 is "before everything". */
export type LogIndex = number

/** Who counts. Effective from the moment the entry is appended, reverted when it is truncated (Raft, section 4.1 of the thesis). */
export interface Configuration {
  readonly voters: readonly PeerId[]
  readonly learners: readonly PeerId[]
  /** The take-over that opened the cluster epoch in which this configuration stands; absent in epoch 0. */
  readonly takeover?: Takeover
}

/**
 * A master-signed act that names new voters without a majority of the old ones and opens cluster epoch `epochOf(base.term) + 1`. `base` is the
 * last entry it builds on, `body` the signed text (opaque here; `Rules.acceptsTakeover` checks it against the other fields).
 */
export interface Takeover {
  readonly id: string
  readonly base: Position
  readonly configuration: { readonly voters: readonly PeerId[]; readonly learners: readonly PeerId[] }
  readonly body: string
}

/** What an entry carries. Only `configuration` and `takeover` mean something to the protocol; the rest is the state machine's. */
export type Payload =
  /** First entry of every term; names its leader, so the state machine knows who may sign as leader. */
  | { readonly kind: 'noop'; readonly leader: PeerId }
  /** A signed batch of commands of one author; opaque text here (canonical JSON made by `ledger`). */
  | { readonly kind: 'batch'; readonly body: string }
  | { readonly kind: 'configuration'; readonly configuration: Configuration }
  /** Every member takes the root of its state right after applying this entry. Changes nothing else. */
  | { readonly kind: 'mark' }
  /** The leader's state root right after the mark at `index`; every member compares with its own when it applies this entry. */
  | { readonly kind: 'checkpoint'; readonly index: LogIndex; readonly root: Hash }
  /** First entry of a cluster epoch, with the term (epoch, 0). */
  | ({ readonly kind: 'takeover' } & Takeover)

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
 * What a voter promised, or what its disk shows. As a record kept by others: in `term` it voted (or not) and acknowledged the log of that
 * term's leader up to (lastTerm, lastIndex). As shown by the node itself: its ballot and the end of its saved log. An honest disk always shows
 * at least what was promised: a higher term, or the same term with the vote and a log that reaches as far (see amnesia.ts).
 */
export interface Promised {
  readonly incarnation: number
  readonly term: Term
  readonly voted: boolean
  readonly lastTerm: Term
  readonly lastIndex: LogIndex
}

/** What is remembered of a member: of its newest life that was heard of, and in `before` of all lives before that one together. */
export interface Remembered extends Promised {
  readonly before?: Promised
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
  /** Only on the leader: what it knows of the others. `counts`: its answers do (it has proved its memory). `activeMsAgo` counts from the last answer. */
  readonly peers: Readonly<
    Record<
      PeerId,
      { readonly matchIndex: LogIndex; readonly counts: boolean; readonly activeMsAgo: number; readonly snapshotting: boolean }
    >
  >
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
