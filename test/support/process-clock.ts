import type { Clock } from '../../src/base/index.ts'
import type { Schedule } from './schedule.ts'

/** One run of one member's process: what it is given dies with it, and waits while it is paused. */
export interface Process {
  readonly clock: Clock
  /** Runs `act` as this process: now, after a pause, or never. */
  deliver(act: () => void): void
  /** Runs `act` as this process after simulated milliseconds (its disk, not its clock). */
  after(delayMs: number, act: () => void): void
  pause(forMs: number): void
  /** Ends a pause early. */
  wake(): void
  kill(): void
  readonly alive: boolean
  readonly paused: boolean
}

/** `rate` is how many of its milliseconds pass in one simulated millisecond; `wallStartMs` what its wall clock showed when simulated time was 0. */
export const createProcess = (given: { readonly schedule: Schedule; readonly rate: number; readonly wallStartMs: number }): Process => {
  const { schedule, rate, wallStartMs } = given
  const startedMs = schedule.nowMs
  let alive = true
  let wakesAtMs = 0
  /** What came in during a pause, in order. */
  let held: (() => void)[] = []

  const deliver = (act: () => void) => {
    if (!alive) return
    if (schedule.nowMs < wakesAtMs || held.length > 0) held.push(act)
    else act()
  }
  const resume = () => {
    if (!alive || schedule.nowMs < wakesAtMs) return
    const waiting = held
    held = []
    for (const act of waiting) if (alive) act()
  }
  const after = (delayMs: number, act: () => void) => schedule.after(delayMs, () => deliver(act))

  return {
    clock: {
      nowMs: () => 1_000 + (schedule.nowMs - startedMs) * rate,
      wallMs: () => Math.floor(wallStartMs + schedule.nowMs * rate),
      after: (delayMs, act) => {
        let cancelled = false
        after(Math.max(0, delayMs) / rate, () => {
          if (!cancelled) act()
        })
        return () => {
          cancelled = true
        }
      },
      soon: (act) => after(0, act),
    },
    deliver,
    after,
    pause: (forMs) => {
      wakesAtMs = Math.max(wakesAtMs, schedule.nowMs + forMs)
      schedule.after(forMs, resume)
    },
    wake: () => {
      wakesAtMs = 0
      resume()
    },
    kill: () => {
      alive = false
      held = []
    },
    get alive() {
      return alive
    },
    get paused() {
      return schedule.nowMs < wakesAtMs
    },
  }
}
