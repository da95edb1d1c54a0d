import { epochOf, numberOf } from '../base/index.ts'
import type { Member } from './member.ts'
import type { Metrics } from './metrics.ts'

/** What the mesh counts, as far as metrics show it. */
export interface MeshNumbers {
  readonly framesIn: number
  readonly framesOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  readonly refused: Readonly<Record<string, number>>
}

/** Time spent in durable commits of the store. */
export interface StoreNumbers {
  readonly commits: number
  readonly sumSeconds: number
  readonly maxSecondsRecent: number
}

/** The numbers behind `/metrics`; zero and null before the node is in a cluster. */
export const nodeMetrics = (member: Member | null, mesh: MeshNumbers | null, store: StoreNumbers | null): Metrics => {
  const status = member?.consensus.status()
  return {
    loopLagMs: member?.loopLagMs() ?? 0,
    raft:
      member === null || status === undefined
        ? null
        : {
            role: status.role,
            epoch: epochOf(status.term),
            term: numberOf(status.term),
            commitIndex: status.commitIndex,
            appliedIndex: status.appliedIndex,
            lastIndex: status.lastIndex,
            leaderHeardMsAgo: status.leaderHeardMsAgo,
            elections: member.counted.elections,
            leaderChanges: member.counted.leaderChanges,
            snapshotsTaken: member.counted.snapshotsTaken,
            snapshotsInstalled: member.counted.snapshotsInstalled,
          },
    proposals: { committed: member?.counted.committed ?? 0, failed: member?.counted.failed ?? 0, waiting: member?.counted.waiting ?? 0 },
    fsync: { count: store?.commits ?? 0, sumSeconds: store?.sumSeconds ?? 0, maxSecondsRecent: store?.maxSecondsRecent ?? 0 },
    mesh: mesh ?? { framesIn: 0, framesOut: 0, bytesIn: 0, bytesOut: 0, refused: {} },
  }
}
