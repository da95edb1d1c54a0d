import type { PeerId, Term } from '../base/index.ts'
import type { Entry, LogIndex, Position, Promised, SnapshotOffer } from './types.ts'

/** Carried by every message: the sender's term, incarnation and what it has promised so far (amnesia check). */
interface Envelope {
  readonly term: Term
  readonly incarnation: number
}

export type Message = Envelope &
  (
    | {
        readonly kind: 'vote'
        readonly pre: boolean
        readonly last: { readonly index: LogIndex; readonly term: Term }
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
        readonly ranks: Readonly<Record<PeerId, number>>
        readonly promises: Readonly<Record<PeerId, Promised>>
      }
    | {
        readonly kind: 'append-reply'
        readonly ok: boolean
        readonly matchIndex: LogIndex
        readonly round: number
        readonly promised: Promised
      }
    | { readonly kind: 'snapshot'; readonly offer: SnapshotOffer; readonly offset: number; readonly chunk: string; readonly round: number }
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
    | { readonly kind: 'hello'; readonly promised: Promised }
    | { readonly kind: 'hello-reply'; readonly known: Promised | null; readonly promised: Promised }
  )
