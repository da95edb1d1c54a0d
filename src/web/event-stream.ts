import type { SSEStreamingApi } from 'hono/streaming'
import type { Clock } from '../base/index.ts'
import type { Broadcast } from './broadcast.ts'

export interface Patience {
  /** A sign of life this often: keeps the connection from being closed as idle, and lets the page notice a stopped process. */
  readonly beatMs: number
  /** A reader that takes nothing for this long loses its place. */
  readonly stalledMs: number
}

/** Sends every region that differs from what this page has, whenever there is something new, until the page goes away. */
export const follow = async (stream: SSEStreamingApi, broadcast: Broadcast, clock: Clock, patience: Patience): Promise<void> => {
  const shown = new Map<string, string>()
  let wake: () => void = () => undefined
  const unsubscribe = broadcast.subscribe(() => wake())
  stream.onAbort(() => wake())
  try {
    while (!stream.aborted) {
      // Taken before looking, so that news during the write is not missed.
      const news = new Promise<void>((resolve) => {
        wake = resolve
      })
      const due = [...broadcast.regions].filter(([id, html]) => shown.get(id) !== html)
      for (const [id, html] of due) shown.set(id, html)
      const message = due.length > 0 ? { data: due.map(partial).join('\n') } : { event: 'bzzz:beat', data: '' }
      await within(clock, patience.stalledMs, stream.writeSSE(message), () => stream.abort())
      if (stream.aborted) return
      await within(clock, patience.beatMs, news, () => wake())
    }
  } finally {
    unsubscribe()
  }
}

/** A region as htmx 4 takes it: it replaces the element with the same id in place, and keeps what did not change (focus, selection, open details). */
const partial = ([id, html]: readonly [string, string]): string =>
  `<hx-partial hx-target="#${id}" hx-swap="outerMorph">${html}</hx-partial>`

/** Resolves when `work` does, or after `limitMs`; then `late` is called first. */
const within = (clock: Clock, limitMs: number, work: Promise<void>, late: () => void): Promise<void> =>
  new Promise((resolve) => {
    const cancel = clock.after(limitMs, () => {
      late()
      resolve()
    })
    void work.finally(() => {
      cancel()
      resolve()
    })
  })
