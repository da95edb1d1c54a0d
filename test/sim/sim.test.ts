import { describe, expect, test } from 'bun:test'
import { addCounts, noCounts } from './counts.ts'
import { runSeed } from './run-seed.ts'
import { runScenario, scenarios } from './scenarios.ts'
import { keptSeeds } from './seeds.ts'
import { failureOf } from './stretch.ts'

/** Nothing here waits; a busy machine may still take its time. */
const patienceMs = 120_000

describe('the real consensus, author and ledger in a simulated cluster', () => {
  test.each(scenarios.map((scenario) => [scenario.name, scenario] as const))(
    '%s',
    (name, scenario) => {
      for (const seed of [1, 2, 3]) expect(failureOf(`${name}, seed ${seed}`, runScenario(scenario, seed))).toBeNull()
    },
    patienceMs,
  )

  test.each(keptSeeds.map(({ seed, why }) => [seed, why] as const))(
    'SEED=%d holds, which once failed: %s',
    (seed) => {
      expect(failureOf(`SEED=${seed}`, runSeed(seed))).toBeNull()
    },
    patienceMs,
  )

  test(
    'sixty random runs hold, and between them they see every kind of trouble',
    () => {
      const totals = noCounts()
      for (let seed = 1; seed <= 60; seed++) {
        const result = runSeed(seed)
        expect(failureOf(`SEED=${seed}`, result)).toBeNull()
        addCounts(totals, result.counts)
      }
      const { elections, commits, truncations, snapshotsInstalled, configurations, transfers, crashes, takeovers, rollbacks } = totals
      for (const count of [elections, commits, truncations, snapshotsInstalled, configurations, transfers, crashes, takeovers, rollbacks])
        expect(count).toBeGreaterThan(0)
    },
    patienceMs,
  )

  test(
    'the same seed tells the same story',
    () => {
      const [one, other] = [runSeed(11), runSeed(11)]
      expect(one.history).toEqual(other.history)
      expect(one.counts).toEqual(other.counts)
    },
    patienceMs,
  )
})
