import type { PeerId } from '../base/index.ts'
import type { Capabilities } from '../host/types.ts'

/** The five parts of a score, each already weighted; they add up to `total` exactly as shown (two decimals, largest remainder). */
export interface ScoreView {
  readonly total: number
  readonly parts: readonly {
    readonly part: 'stability' | 'network' | 'headroom' | 'capacity' | 'preference'
    readonly value: number
    readonly upTo: number
  }[]
  readonly rank: number
}

export interface MemberView {
  readonly peer: PeerId
  readonly name: string
  readonly zone: string | null
  readonly role: 'voter' | 'learner'
  readonly leads: boolean
  readonly isSelf: boolean
  /** `joining`: a learner that still reads the log. */
  readonly health: 'healthy' | 'joining' | 'suspected' | 'down' | 'unknown'
  readonly reason: string | null
  readonly heardMsAgo: number | null
  /** 0 to 100, while joining. */
  readonly logReadPercent: number | null
  readonly version: string | null
  readonly addresses: readonly string[]
  readonly capabilities: Capabilities | null
  readonly capabilitiesAgeMs: number | null
  /** Null until enough reports came in; `scoreReason` then says why. */
  readonly score: ScoreView | null
  readonly scoreReason: string | null
}

export interface EventView {
  readonly atMs: number
  readonly kind: 'leader' | 'member' | 'health' | 'setting' | 'transfer' | 'audit' | 'warning'
  /** Sentence in the words of ui/README.md, no trailing markup; names in it are member names. */
  readonly text: string
  /** How it should be taken, where the kind alone does not tell ("health" is bad news or good). */
  readonly tone?: 'ok' | 'info' | 'warn' | 'bad'
}

/** One picture of the cluster as one node sees it: what `/`, `bzzz status --json` and the demo show. */
export interface ClusterView {
  readonly atMs: number
  readonly version: string
  readonly cluster: { readonly id: string; readonly name: string } | null
  readonly self: { readonly peer: PeerId; readonly name: string }
  readonly leader: {
    readonly peer: PeerId
    readonly name: string
    readonly term: string
    readonly sinceMs: number
    readonly because: string
  } | null
  /** Shown when there is no leader: which voters are missing, what still works. */
  readonly noLeaderBecause: string | null
  readonly voters: { readonly total: number; readonly answering: number; readonly needed: number }
  readonly members: readonly MemberView[]
  readonly roundTrips: readonly { readonly from: PeerId; readonly to: PeerId; readonly ms: number | null; readonly answers: boolean }[]
  readonly log: {
    readonly appliedIndex: number
    readonly commitIndex: number
    readonly leaderHeardMsAgo: number | null
    readonly stateRoot: string | null
  }
  readonly writesPerSecond: number
  readonly records: number
  readonly events: readonly EventView[]
  /** "not-yet-split" where this machine keeps the admin key whole; left out where it does not have it. */
  readonly adminKey?: 'not-yet-split'
  /** Non-null when this node stopped taking part, with the reason and the remedy. */
  readonly haltedBecause: string | null
}
