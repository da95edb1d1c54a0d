import { Fault } from '../base/index.ts'
import type { Service } from '../node/service.ts'

/** Readers of the live view at one time; each costs a rendering of the view per change. */
const watchersMax = 64
const beatMs = 15_000
const watchers = new WeakMap<Service, number>()

/**
 * The view as JSON lines: one at once, one whenever it changed (at most every `everyMs`), one every 15 s. A reader that does not keep up
 * misses pictures in between, never the last one, and costs no memory.
 */
export const viewLines = (service: Service, everyMs: number): ReadableStream<Uint8Array> => {
  const open = watchers.get(service) ?? 0
  if (open >= watchersMax) throw new Fault('busy', `${watchersMax} programs watch this node already.`, { hint: 'Close one of them.' })
  watchers.set(service, open + 1)
  const encoder = new TextEncoder()
  let changed = true
  let stop = () => {}
  const send = (to: ReadableStreamDefaultController<Uint8Array>) => {
    if (!changed || (to.desiredSize ?? 0) <= 0) return
    changed = false
    to.enqueue(encoder.encode(`${JSON.stringify(service.view())}\n`))
  }
  return new ReadableStream<Uint8Array>(
    {
      start: (to) => {
        const mark = () => {
          changed = true
          send(to)
        }
        const unwatch = service.watch(mark, everyMs)
        const beat = setInterval(mark, beatMs)
        stop = () => {
          unwatch()
          clearInterval(beat)
          watchers.set(service, (watchers.get(service) ?? 1) - 1)
        }
        send(to)
      },
      pull: (to) => send(to),
      cancel: () => stop(),
    },
    { highWaterMark: 1 },
  )
}
