import { historyLine } from '../support/history.ts'
import { addCounts, type Counts, noCounts } from './counts.ts'
import { type RunResult, runSeed } from './run-seed.ts'

/** A run that went wrong, as it is shown. */
export interface Failure {
  readonly name: string
  readonly property: string
  readonly message: string
  readonly stack: string
  readonly trace: readonly string[]
}

/** What came of some seeds in a row. */
export interface Report {
  readonly passed: number
  readonly failures: readonly Failure[]
  readonly counts: Counts
  readonly history: readonly string[]
}

/** A run's failure in the words of a report; null when it held. */
export const failureOf = (name: string, { violation, trace }: RunResult): Failure | null =>
  violation === null ? null : { name, ...violation, trace }

/** Runs the seeds one after the other. */
export const runStretch = (seeds: readonly number[], wantsHistory: boolean): Report => {
  const counts = noCounts()
  const failures: Failure[] = []
  const history: string[] = []
  for (const seed of seeds) {
    const result = runSeed(seed)
    addCounts(counts, result.counts)
    const failure = failureOf(`SEED=${seed}`, result)
    if (failure !== null) failures.push(failure)
    if (wantsHistory) for (const operation of result.history) history.push(historyLine(operation, seed, operation.lineage))
  }
  return { passed: seeds.length - failures.length, failures, counts, history }
}
