import type { Stage, StageOptions } from '../stage.ts'

/** A directed run: one story, told to the real program. What may never happen is judged as in every other run. */
export interface Scenario {
  readonly name: string
  readonly options: StageOptions
  act(stage: Stage): void
}
