import type { EventView } from './view.ts'

const eventsKept = 200

/** What happened lately, as this node saw it, newest first; the last 200, in memory only (the audit is in the log). */
export class Events {
  readonly #recent: EventView[] = []
  readonly #wallMs: () => number

  constructor(wallMs: () => number) {
    this.#wallMs = wallMs
  }

  add(kind: EventView['kind'], text: string, tone?: EventView['tone']): void {
    this.#recent.unshift({ atMs: this.#wallMs(), kind, text, ...(tone && { tone }) })
    if (this.#recent.length > eventsKept) this.#recent.pop()
  }

  latest(count: number): readonly EventView[] {
    return this.#recent.slice(0, count)
  }
}
