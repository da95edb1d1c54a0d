import { conduct, type RunResult } from './run-seed.ts'
import { elections } from './scenarios/elections.ts'
import { logs } from './scenarios/logs.ts'
import { memory } from './scenarios/memory.ts'
import type { Scenario } from './scenarios/scenario.ts'
import { takeOvers } from './scenarios/take-overs.ts'
import { createStage } from './stage.ts'

export type { Scenario }

/** All directed runs: what random faults reach too seldom to be relied on. */
export const scenarios: readonly Scenario[] = [...elections, ...logs, ...memory, ...takeOvers]

/** Plays one; `seed` moves only delays and timers. */
export const runScenario = ({ options, act }: Scenario, seed = 1): RunResult => {
  const stage = createStage({ seed, ...options })
  return conduct(stage.world, seed, () => act(stage))
}
