import type { Rules } from './rules.ts'
import type { State } from './state.ts'

/** The next instant (monotonic milliseconds) at which a `tick` can change something; Infinity when only other events can. */
export const wakeAtMs = (rules: Rules, state: State): number => {
  if (state.role === 'halted') return Number.POSITIVE_INFINITY
  const { saving, admission, election, lead } = state
  const atMs = Math.min(admission.helloAtMs, lead === null ? election.deadlineMs : lead.heartbeatAtMs)
  if (saving.inFlight !== null) return saving.suspect ? atMs : Math.min(atMs, saving.inFlight.sinceMs + rules.diskPatienceMs)
  if (saving.suspect) return Math.min(atMs, saving.retryAtMs)
  if (saving.promisesDirty) return Math.min(atMs, saving.promisesDirtyMs + rules.promisesIdleMs)
  return atMs
}
