/** Numbers behind `/metrics`. Counters only grow while the process lives; sums are in the unit of their name. */
export interface Metrics {
  readonly loopLagMs: number
  /** Null before the node is in a cluster. */
  readonly raft: {
    readonly role: 'leader' | 'candidate' | 'follower' | 'learner' | 'halted'
    readonly epoch: number
    readonly term: number
    readonly commitIndex: number
    readonly appliedIndex: number
    readonly lastIndex: number
    readonly leaderHeardMsAgo: number
    /** How often this node stood for election, and how often it saw the leader change. */
    readonly elections: number
    readonly leaderChanges: number
    readonly snapshotsTaken: number
    readonly snapshotsInstalled: number
  } | null
  readonly proposals: { readonly committed: number; readonly failed: number; readonly waiting: number }
  readonly fsync: { readonly count: number; readonly sumSeconds: number; readonly maxSecondsRecent: number }
  readonly mesh: {
    readonly framesIn: number
    readonly framesOut: number
    readonly bytesIn: number
    readonly bytesOut: number
    /** By reason: "stranger", "too-large", "too-many", "malformed", … (a fixed small set, never a peer's own text). */
    readonly refused: Readonly<Record<string, number>>
  }
}
