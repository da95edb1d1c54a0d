import type { Fault, PeerId, Term } from '../base/index.ts'
import type { Message } from './messages.ts'
import type { SnapshotOffer, Work } from './ports.ts'
import type { Applied, Entry, LogIndex } from './types.ts'

/** What the runner has to do, in this order. */
export type Effect =
  | { readonly kind: 'send'; readonly to: PeerId; readonly message: Message }
  /** Begin this commit; answer with `committed` or `commit-failed`. Never asked for while one runs. `wantsRoot`: with the state's root after it. */
  | { readonly kind: 'commit'; readonly work: Work; readonly wantsRoot: boolean }
  | { readonly kind: 'applied'; readonly entries: readonly Entry[]; readonly results: readonly Applied[] }
  /** A snapshot replaced the state: what was applied in it is not reported one by one. */
  | { readonly kind: 'installed'; readonly index: LogIndex }
  | { readonly kind: 'read-answered'; readonly id: number; readonly index: LogIndex | null }
  /** The transfer was refused or timed out; success shows in who leads. */
  | { readonly kind: 'transfer-ended'; readonly to: PeerId; readonly fault: Fault }
  | { readonly kind: 'reconfigured'; readonly id: number; readonly fault: Fault | null }
  | { readonly kind: 'takeover-answered'; readonly id: string; readonly fault: Fault | null }
  | { readonly kind: 'exported'; readonly file: string }
  | { readonly kind: 'halt'; readonly because: string }
  /** Take a snapshot at or after `atLeast`; answer with `snapshot-taken`. */
  | { readonly kind: 'take-snapshot'; readonly to: PeerId; readonly atLeast: LogIndex }
  /** Read a chunk (`lengthMax` 0: none) and send it; answer with `snapshot-gone` where it cannot be read. */
  | {
      readonly kind: 'send-chunk'
      readonly to: PeerId
      readonly offer: SnapshotOffer
      readonly offset: number
      readonly lengthMax: number
      readonly round: number
      readonly term: Term
      readonly incarnation: number
    }
  /** Keep a received chunk; answer with `chunk-kept`. */
  | {
      readonly kind: 'keep-chunk'
      readonly from: PeerId
      readonly offer: SnapshotOffer
      readonly offset: number
      readonly chunk: string
      readonly round: number
    }
  /** A sentence for the log: why something changed. */
  | { readonly kind: 'note'; readonly text: string }
