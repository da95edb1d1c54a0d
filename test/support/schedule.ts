/** Simulated time: acts run in order of (instant, order of asking), never two at once. */
export interface Schedule {
  readonly nowMs: number
  /** Runs `act` at `nowMs + delayMs`. */
  after(delayMs: number, act: () => void): void
  /** Runs everything up to `untilMs`, or until `enough` says so after an act; time then stands there. */
  run(untilMs: number, enough?: () => boolean): void
  /** Acts that have run so far. */
  readonly acts: number
}

interface Due {
  readonly atMs: number
  readonly order: number
  readonly act: () => void
}

/** A program that asks for "now" again and again would never end. */
const instantActsMax = 20_000

const earlier = (a: Due, b: Due) => a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)

/** A schedule on a binary heap, starting at 0. */
export const createSchedule = (): Schedule => {
  const heap: Due[] = []
  let nowMs = 0
  let order = 0
  let acts = 0
  let instantActs = 0

  const push = (due: Due) => {
    let at = heap.push(due) - 1
    while (at > 0) {
      const up = (at - 1) >> 1
      const parent = heap[up]
      if (parent === undefined || !earlier(due, parent)) break
      heap[at] = parent
      at = up
    }
    heap[at] = due
  }

  const pop = (): Due | undefined => {
    const first = heap[0]
    const last = heap.pop()
    if (first === undefined || last === undefined || heap.length === 0) return first
    let at = 0
    for (;;) {
      let down = 2 * at + 1
      let child = heap[down]
      if (child === undefined) break
      const right = heap[down + 1]
      if (right !== undefined && earlier(right, child)) {
        child = right
        down++
      }
      if (!earlier(child, last)) break
      heap[at] = child
      at = down
    }
    heap[at] = last
    return first
  }

  return {
    get nowMs() {
      return nowMs
    },
    get acts() {
      return acts
    },
    after: (delayMs, act) => push({ atMs: nowMs + Math.max(0, delayMs), order: order++, act }),
    run: (untilMs, enough) => {
      for (;;) {
        const next = heap[0]
        if (next === undefined || next.atMs > untilMs) break
        pop()
        if (next.atMs > nowMs) instantActs = 0
        else if (++instantActs > instantActsMax) throw new Error(`simulated time stands still at ${nowMs} ms`)
        nowMs = next.atMs
        acts++
        next.act()
        if (enough?.()) return
      }
      nowMs = untilMs
    },
  }
}
