import type { Clock } from '../base/index.ts'

const atOnce = 10
const everyMs = 3_000
const addressesMax = 1_000

/** Slows guesses: each address has ten at once, then one every three seconds. Remembers at most a thousand addresses. */
export class Guesses {
  readonly #left = new Map<string, { tries: number; atMs: number }>()
  readonly #clock: Pick<Clock, 'nowMs'>

  constructor(clock: Pick<Clock, 'nowMs'>) {
    this.#clock = clock
  }

  /** Takes one try; 0 where it may be made, else how many milliseconds to wait. */
  take(address: string): number {
    const nowMs = this.#clock.nowMs()
    const before = this.#left.get(address) ?? { tries: atOnce, atMs: nowMs }
    const tries = Math.min(atOnce, before.tries + (nowMs - before.atMs) / everyMs)
    this.#left.delete(address)
    this.#left.set(address, { tries: tries >= 1 ? tries - 1 : tries, atMs: nowMs })
    if (this.#left.size > addressesMax) for (const oldest of this.#left.keys()) if (this.#left.delete(oldest)) break
    return tries >= 1 ? 0 : Math.ceil((1 - tries) * everyMs)
  }
}
