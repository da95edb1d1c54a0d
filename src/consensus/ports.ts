import type { Fault, Hash, PeerId } from '../base/index.ts'
import type { Message } from './messages.ts'
import type { Applied, Ballot, Configuration, Entry, LogIndex, Position, Remembered, SnapshotOffer } from './types.ts'

export type { SnapshotOffer } from './types.ts'

/**
 * What consensus needs from the network. Unreliable, unordered, may duplicate: correctness never depends on it. `mesh` provides one over
 * a kept libp2p stream per pair; the simulation provides one with faults. Senders are authenticated: `from` is proven.
 */
export interface Wire {
  send(to: PeerId, message: Message): void
  onHeard(listen: (from: PeerId, message: Message) => void): () => void
  /** The peer's process died: its connection closed AND a redial was refused or met a new incarnation. Never for a silent network. */
  onLost(listen: (peer: PeerId) => void): () => void
}

/** One atomic step of the disk: all of it or nothing. Fields are carried out in the order they stand here. */
export interface Work {
  readonly ballot?: Ballot
  /** Replace the whole state and log by a received and complete snapshot (see Snapshots). */
  readonly install?: { readonly id: string }
  /** Take-over seen by the losing side: export entries beyond `base` to a file, then drop log and state, so that a snapshot can follow. */
  readonly exportAndWipe?: { readonly base: Position; readonly takeoverId: string }
  readonly truncateFrom?: LogIndex
  readonly append?: readonly Entry[]
  /** Committed entries, the next ones after the applied index; applied in order, state and applied index together. */
  readonly apply?: readonly Entry[]
  /** Drop entries up to and including this applied index; its position becomes the base. */
  readonly compactTo?: LogIndex
  /** What this node remembers of its peers' promises (amnesia check). */
  readonly promises?: Readonly<Record<PeerId, Remembered>>
}

export interface Outcome {
  /** One per entry of `work.apply`. */
  readonly results: readonly Applied[]
  /** The file that `work.exportAndWipe` wrote. */
  readonly exportedTo?: string
}

/** Everything needed to start again. */
export interface Loaded {
  readonly ballot: Ballot
  /** Raised by one and durable each time the disk is opened. */
  readonly incarnation: number
  /** Last compacted entry; all zero for a fresh log. */
  readonly base: Position
  readonly baseStampMs: number
  readonly baseConfiguration: Configuration
  /** Contiguous from base.index + 1. */
  readonly entries: readonly Entry[]
  readonly appliedIndex: LogIndex
  readonly promises: Readonly<Record<PeerId, Remembered>>
  /** Non-null once this identity may never vote or run again. Written through `halt`. */
  readonly haltedBecause: string | null
}

/**
 * The disk of one member. `commit` calls `done` once: with the outcome after everything is on disk, or with a Fault after nothing was changed.
 * Work with a ballot, install, wipe, truncate, append or promises is fsynced before `done`; work that only applies or compacts is atomic
 * but may be lost in a crash together with everything after it (it is applied again from the log). Commits never overlap: the caller waits for `done`.
 */
export interface Disk {
  load(): Loaded
  commit(work: Work, done: (outcome: Outcome | Fault) => void): void
  /** Root hash over the whole state as applied now (bucket tree, only dirty buckets are hashed again). */
  root(): Hash
  /** Marks this identity as halted for good, fsynced. */
  halt(because: string): void
  readonly snapshots: Snapshots
}

/** Making, keeping and receiving snapshots; chunks are resumable after a crash on either side. */
export interface Snapshots {
  /** A consistent picture of the state as applied now; reuses a recent one where it is at or after `atLeast`. */
  take(atLeast: LogIndex): SnapshotOffer
  /** Bytes of an offered snapshot; undefined when it is gone (offer again). */
  read(id: string, offset: number, lengthMax: number): Uint8Array | undefined
  /** Begins or resumes receiving; returns how many bytes are already here. Only one at a time: another id drops the former. */
  receive(offer: SnapshotOffer): number
  /** Appends a chunk at exactly `offset`; returns how many bytes are here now (unchanged if the offset does not fit). */
  write(id: string, offset: number, bytes: Uint8Array): number
}

/** The state as the machine sees it during apply: rows of canonical JSON text by (space, key). */
export interface StateView {
  get(space: string, key: string): string | undefined
  /** Rows in key order, keys starting with `prefix`, after `after` (exclusive), at most `limit`. */
  list(space: string, options?: { prefix?: string; after?: string; limit?: number }): { key: string; value: string }[]
  put(space: string, key: string, value: string): void
  delete(space: string, key: string): void
}

/** Read-only half, for pages and commands. */
export type StateReader = Pick<StateView, 'get' | 'list'>

/** The replicated state machine: a pure function of (state, entry). No clock, no randomness, no I/O. `ledger` provides one. */
export interface Machine {
  apply(state: StateView, entry: Entry): Applied
  /** Checks a received snapshot's rows from genesis on; a Fault names what is wrong. `genesis` is this member's own, known before. */
  verifySnapshot(rows: StateReader, offer: SnapshotOffer): Fault | null
}
