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

/** The clocks of one machine; they outlive its processes. */
export interface MachineClock {
  /** How many of its milliseconds pass in one simulated millisecond. */
  readonly rate: number
  /** What its wall clock showed (or would have shown) when simulated time was 0; setting the clock moves it. */
  wallStartMs: number
}

/** A process on a machine with this clock, from now on. */
export const createProcess = (schedule: Schedule, machine: MachineClock): Process => {
  const { rate } = machine
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
      wallMs: () => Math.floor(machine.wallStartMs + schedule.nowMs * rate),
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
