import type { RunResult } from './run-seed.ts'
export interface Scenario {
  readonly name: string
  run(): RunResult
}
export const scenarios: readonly Scenario[] = []
export const runScenario = (s: Scenario): RunResult => s.run()
