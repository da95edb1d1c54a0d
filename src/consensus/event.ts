import type { Fault, Hash, PeerId } from '../base/index.ts'
import type { Message } from './messages.ts'
import type { Outcome, SnapshotOffer } from './ports.ts'
import type { Configuration, Takeover } from './types.ts'

/** When an event happens, and one random number in [0, 1) for it: all that the core may know of time and chance. */
export interface Instant {
  readonly nowMs: number
  readonly wallMs: number
  readonly random: number
}

export type Happening =
  /** First of all, once. */
  | { readonly kind: 'start' }
  /** Some timer may be due; see `wakeAtMs`. */
  | { readonly kind: 'tick' }
  /** Everything that had arrived was handled: send what gathered and start a commit where none runs. */
  | { readonly kind: 'flush' }
  | { readonly kind: 'heard'; readonly from: PeerId; readonly message: Message }
  /** The peer's process died (see `Wire.onLost`). */
  | { readonly kind: 'lost'; readonly peer: PeerId }
  /** The leader appends them; a follower forwards them. Dropped where neither can be done: the author sends again. */
  | { readonly kind: 'propose'; readonly bodies: readonly string[] }
  /** A strong read; ends with `read-answered` (index null: ask again). */
  | { readonly kind: 'read'; readonly id: number }
  | { readonly kind: 'transfer'; readonly to: PeerId }
  | { readonly kind: 'reconfigure'; readonly id: number; readonly configuration: Configuration }
  /** From the leader's own election policy; 0 stands first, `asideRank` and above stand last and hand leadership on. */
  | { readonly kind: 'ranks'; readonly ranks: Readonly<Record<PeerId, number>> }
  | { readonly kind: 'takeover'; readonly takeover: Takeover }
  /** Ends the commit that the last `commit` effect began. `root` where it asked for one. */
  | { readonly kind: 'committed'; readonly outcome: Outcome; readonly root: Hash | null }
  | { readonly kind: 'commit-failed'; readonly fault: Fault }
  | { readonly kind: 'snapshot-taken'; readonly to: PeerId; readonly offer: SnapshotOffer }
  /** No snapshot could be taken now; it is tried again. */
  | { readonly kind: 'snapshot-failed'; readonly to: PeerId }
  /** The bytes of the offer to `to` cannot be read any more. */
  | { readonly kind: 'snapshot-gone'; readonly to: PeerId }
  | { readonly kind: 'chunk-kept'; readonly from: PeerId; readonly id: string; readonly haveBytes: number; readonly round: number }

export type Event = Instant & Happening
