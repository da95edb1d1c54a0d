import type { PeerId, Term } from '../base/index.ts'
import type { Entry, LogIndex, Position, Promised, Remembered, SnapshotOffer, Takeover } from './types.ts'

/** Carried by every message. */
export interface Envelope {
  /** The sender's term, on its disk before this message left. */
  readonly term: Term
  readonly incarnation: number
  /** Proof of the cluster epoch in `term`: in votes, heartbeats, hellos and their answers once the epoch is above 0. */
  readonly takeover?: Takeover
}

/** What one member says to another; the envelope apart. */
export type Body =
  | {
      readonly kind: 'vote'
      /** Only asks whether it would be granted in the term after `term`; changes nothing on either side. */
      readonly pre: boolean
      readonly last: { readonly index: LogIndex; readonly term: Term }
      /** The leader asked for this election, so a live leader is no reason to refuse. */
      readonly transfer: boolean
    }
  | { readonly kind: 'vote-reply'; readonly pre: boolean; readonly granted: boolean; readonly promised: Promised }
  | {
      readonly kind: 'append'
      readonly previous: Position
      readonly entries: readonly Entry[]
      readonly commitIndex: LogIndex
      /** Grows with every heartbeat round; answers echo it (ReadIndex, CheckQuorum). */
      readonly round: number
      /** Empty: nothing new. */
      readonly ranks: Readonly<Record<PeerId, number>>
      /** What the leader knows of everybody's promises; empty between heartbeats. */
      readonly promises: Readonly<Record<PeerId, Remembered>>
    }
  | {
      readonly kind: 'append-reply'
      readonly ok: boolean
      /** Saved and equal to the leader's log up to here; when refused, where the leader should try next. */
      readonly matchIndex: LogIndex
      /** Index of the `previous` that did not fit; 0 when ok. */
      readonly refusedIndex: LogIndex
      readonly round: number
      /** False until the voter has proved its memory (amnesia.ts): this answer then counts for no majority. */
      readonly counts: boolean
      readonly promised: Promised
    }
  | {
      readonly kind: 'snapshot'
      readonly offer: SnapshotOffer
      readonly offset: number
      /** Base64; empty asks how much is already there. */
      readonly chunk: string
      readonly round: number
    }
  | {
      readonly kind: 'snapshot-reply'
      readonly id: string
      readonly haveBytes: number
      readonly installed: boolean
      readonly round: number
    }
  | { readonly kind: 'timeout-now' }
  | { readonly kind: 'propose'; readonly bodies: readonly string[] }
  | { readonly kind: 'read'; readonly id: number }
  | { readonly kind: 'read-reply'; readonly id: number; readonly index: LogIndex | null }
  /** A member that has to prove its memory asks what is remembered of it. */
  | { readonly kind: 'hello' }
  | {
      readonly kind: 'hello-reply'
      /** What the sender remembers of the receiver. */
      readonly known: Remembered | null
      /** The live leader as the sender sees it. */
      readonly leader: PeerId | null
    }

export type Message = Envelope & Body
