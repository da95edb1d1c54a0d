import type { Clock } from '../base/index.ts'

const probeMs = 500

/** Median lateness of a 500 ms timer over the last 20: how busy this process is, in milliseconds. */
export const watchLoopLag = (clock: Clock): { lagMs(): number; stop(): void } => {
  const recent: number[] = []
  let due = clock.nowMs() + probeMs
  let cancel = () => {}
  const probe = () => {
    recent.push(Math.max(0, clock.nowMs() - due))
    if (recent.length > 20) recent.shift()
    due = clock.nowMs() + probeMs
    cancel = clock.after(probeMs, probe)
  }
  cancel = clock.after(probeMs, probe)
  return {
    lagMs: () => recent.toSorted((a, b) => a - b)[recent.length >> 1] ?? 0,
    stop: () => cancel(),
  }
}
