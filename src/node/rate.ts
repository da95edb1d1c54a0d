/** Counts things and tells how many came per second over the last few seconds. */
export class Rate {
  readonly #windowMs: number
  readonly #marks: { atMs: number; count: number }[] = []

  constructor(windowMs = 5_000) {
    this.#windowMs = windowMs
  }

  add(count: number, nowMs: number): void {
    const last = this.#marks.at(-1)
    if (last !== undefined && nowMs - last.atMs < 100) last.count += count
    else this.#marks.push({ atMs: nowMs, count })
    this.#forget(nowMs)
  }

  perSecond(nowMs: number): number {
    this.#forget(nowMs)
    return this.#marks.reduce((sum, mark) => sum + mark.count, 0) / (this.#windowMs / 1_000)
  }

  #forget(nowMs: number): void {
    while ((this.#marks[0]?.atMs ?? nowMs) < nowMs - this.#windowMs) this.#marks.shift()
  }
}
