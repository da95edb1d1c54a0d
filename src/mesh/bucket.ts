/**
 * A token bucket that may go into debt: what has already arrived is let through, and the answer says how long to pause before the
 * next read. So the rate holds over time and nothing has to be thrown away.
 */
export class Bucket {
  readonly #perSecond: number
  readonly #burst: number
  #level: number
  #atMs: number

  constructor(perSecond: number, nowMs: number, burst = perSecond) {
    this.#perSecond = perSecond
    this.#burst = burst
    this.#level = burst
    this.#atMs = nowMs
  }

  /** Takes `amount` and returns the milliseconds until the level is positive again: 0 when nothing needs to wait. */
  take(amount: number, nowMs: number): number {
    this.#refill(nowMs)
    this.#level -= amount
    return this.#level >= 0 ? 0 : Math.ceil((-this.#level / this.#perSecond) * 1000)
  }

  /** Takes `amount` only if it is there. */
  tryTake(amount: number, nowMs: number): boolean {
    this.#refill(nowMs)
    if (this.#level < amount) return false
    this.#level -= amount
    return true
  }

  #refill(nowMs: number): void {
    this.#level = Math.min(this.#burst, this.#level + ((nowMs - this.#atMs) / 1000) * this.#perSecond)
    this.#atMs = nowMs
  }
}
