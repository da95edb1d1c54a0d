import type { Operation } from './history.ts'
import { partition } from './partition.ts'
import { search, type Verdict } from './search.ts'

export type { Verdict } from './search.ts'

/**
 * Is there one order of all operations, in keeping with real time, that a single register map would have answered alike?
 * Wing and Gong's search with Lowe's memoisation ("Testing for linearizability", 2017), one partition after the other.
 */
export const checkHistory = (history: readonly Operation[], options: { configurationsMax?: number } = {}): Verdict => {
  const configurationsMax = options.configurationsMax ?? 500_000
  for (const part of partition(history)) {
    const verdict = search(part.operations, part.keys, configurationsMax)
    if (verdict.kind !== 'linearizable') return verdict
  }
  return { kind: 'linearizable' }
}
