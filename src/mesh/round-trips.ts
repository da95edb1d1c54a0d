/** The last few round trips to one peer; their median shrugs off a pause of either side. */
export class RoundTrips {
  readonly #kept: number[] = []
  readonly #size: number
  #next = 0

  constructor(size = 31) {
    this.#size = size
  }

  get samples(): number {
    return this.#kept.length
  }

  /** The newest, null before the first. */
  get last(): number | null {
    return this.#kept[(this.#next + this.#size - 1) % this.#size] ?? null
  }

  add(ms: number): void {
    this.#kept[this.#next] = ms
    this.#next = (this.#next + 1) % this.#size
  }

  /** Rounded to microseconds; null before the first. */
  medianMs(): number | null {
    const sorted = [...this.#kept].sort((left, right) => left - right)
    const middle = sorted[sorted.length >> 1]
    return middle === undefined ? null : Math.round(middle * 1000) / 1000
  }
}
