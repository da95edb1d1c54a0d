import { clusterRegions, pulse } from '../../views/cluster/index.ts'
import type { Clock } from '../base/index.ts'
import type { Service } from '../node/service.ts'
import type { ClusterView } from '../node/view.ts'

export interface Pace {
  /** What a person should see at once goes out at most this often. */
  readonly everyMs: number
  /** Numbers that only drift go out at most this often. */
  readonly numbersEveryMs: number
}

type Source = Pick<Service, 'view' | 'watch'>

/**
 * Renders the regions once per change for all open pages, and only while there are any. Each listener is told that there is something new and
 * takes what is current when it is ready, so a slow one skips pictures instead of queueing them.
 */
export class Broadcast {
  readonly #source: Source
  readonly #clock: Clock
  readonly #pace: Pace
  readonly #report: (error: unknown) => void
  readonly #listeners = new Set<() => void>()
  #regions: ReadonlyMap<string, string> = new Map()
  #shown: ClusterView | undefined
  #pulse = ''
  #renderedMs = Number.NEGATIVE_INFINITY
  #stop: () => void = () => undefined
  #cancelLater: (() => void) | undefined

  constructor(source: Source, clock: Clock, pace: Pace, report: (error: unknown) => void) {
    this.#source = source
    this.#clock = clock
    this.#pace = pace
    this.#report = report
  }

  /** The regions as HTML by id, as rendered last. */
  get regions(): ReadonlyMap<string, string> {
    return this.#regions
  }

  /** How many pages are listening. */
  get size(): number {
    return this.#listeners.size
  }

  /** Calls `listen` after every rendering until the returned function is called. The first listener starts the watch, the last one ends it. */
  subscribe(listen: () => void): () => void {
    if (this.#listeners.size === 0) {
      this.#shown = undefined
      this.#render()
      this.#stop = this.#source.watch(() => this.#changed(), this.#pace.everyMs)
    }
    this.#listeners.add(listen)
    return () => {
      if (!this.#listeners.delete(listen) || this.#listeners.size > 0) return
      this.#stop()
      this.#cancelLater?.()
      this.#cancelLater = undefined
    }
  }

  #changed(): void {
    const dueMs = this.#renderedMs + this.#pace.numbersEveryMs - this.#clock.nowMs()
    if (dueMs <= 0 || this.#safely(() => pulse(this.#source.view())) !== this.#pulse) this.#renderAndTell()
    // Only numbers moved: they wait for their turn, and then the newest ones are shown.
    else this.#cancelLater ??= this.#clock.after(dueMs, () => this.#renderAndTell())
  }

  #renderAndTell(): void {
    if (!this.#render()) return
    for (const listen of [...this.#listeners]) listen()
  }

  #render(): boolean {
    this.#cancelLater?.()
    this.#cancelLater = undefined
    this.#renderedMs = this.#clock.nowMs()
    const rendered = this.#safely(() => {
      const view = this.#source.view()
      return { view, pulse: pulse(view), regions: clusterRegions(view, this.#shown) }
    })
    if (rendered === undefined) return false
    this.#shown = rendered.view
    this.#pulse = rendered.pulse
    this.#regions = rendered.regions
    return true
  }

  /** A page that cannot be drawn must not take the node with it: the picture stays as it was, and the fault is reported. */
  #safely<Result>(act: () => Result): Result | undefined {
    try {
      return act()
    } catch (error) {
      this.#report(error)
      return undefined
    }
  }
}
