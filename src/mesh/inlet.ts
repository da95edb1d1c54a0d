import type { Stream } from '@libp2p/interface'
import { type Clock, Fault } from '../base/index.ts'
import type { Bucket } from './bucket.ts'
import type { Counters } from './counters.ts'
import { FrameDecoder } from './frames.ts'
import { calmWindow } from './window.ts'

/** What one peer has used of one protocol, across all its streams. */
export interface Allowance {
  readonly bytes: Bucket
  readonly frames: Bucket
  inFlight: number
  readonly inFlightMax: number
  /** Streams that wait for a free place. */
  readonly waiting: Set<() => void>
}

/**
 * The reading half of a stream: whole frames, one by one, as fast as the peer's allowance lets them; beyond it the stream is paused and the
 * peer feels it through flow control. A listener that returns a promise holds a place until it settles. A frame over the cap, or a
 * listener that throws, closes this stream and no other.
 */
export const readFrames = (
  stream: Stream,
  options: {
    readonly frameBytesMax: number
    readonly allowance: Allowance
    readonly clock: Clock
    readonly counters: Counters
    readonly listen: (frame: Uint8Array) => void | Promise<void>
    readonly onRefused?: (because: Fault) => void
  },
): void => {
  const { allowance, clock, counters, listen } = options
  const decoder = new FrameDecoder(options.frameBytesMax)
  let pumping = false
  let closed = false
  let cancelTimer: (() => void) | null = null

  const refuse = (error: unknown): void => {
    const fault = error instanceof Fault ? error : new Fault('bad-frame', 'What came on this stream could not be used.', { cause: error })
    closed = true
    counters.streamsRefused += 1
    options.onRefused?.(fault)
    stream.abort(fault)
  }

  const settle = (): void => {
    allowance.inFlight -= 1
    const next = allowance.waiting.values().next().value
    if (next) {
      allowance.waiting.delete(next)
      next()
    }
  }

  const pause = (): void => {
    counters.pauses += 1
    if (stream.status === 'open') tryTo(() => stream.pause())
  }

  const pump = (): void => {
    if (pumping || closed || cancelTimer) return
    pumping = true
    try {
      for (;;) {
        if (allowance.inFlight >= allowance.inFlightMax) {
          allowance.waiting.add(pump)
          pause()
          return
        }
        const frame = decoder.next()
        if (!frame) break
        counters.framesReceived += 1
        counters.bytesReceived += frame.byteLength
        const answer = listen(frame)
        if (answer instanceof Promise) {
          allowance.inFlight += 1
          answer.then(settle, (error: unknown) => {
            settle()
            if (!closed) refuse(error)
          })
        }
        const now = clock.nowMs()
        const waitMs = Math.max(allowance.bytes.take(frame.byteLength + 4, now), allowance.frames.take(1, now))
        if (waitMs > 0) {
          cancelTimer = clock.after(waitMs, () => {
            cancelTimer = null
            pump()
          })
          pause()
          return
        }
      }
    } catch (error) {
      refuse(error)
      return
    } finally {
      pumping = false
    }
    tryTo(() => stream.resume())
  }

  calmWindow(stream)
  stream.addEventListener('message', (event) => {
    const data = event.data
    decoder.push(data instanceof Uint8Array ? data : data.subarray())
    pump()
  })
  stream.addEventListener('close', () => {
    closed = true
    cancelTimer?.()
    allowance.waiting.delete(pump)
  })
  // The other half may be done before ours: nothing more will come, so nothing is owed on this stream.
  stream.addEventListener('remoteCloseWrite', () => void stream.close().catch(() => {}))
}

/** Streams throw when they are already closed; here that is never news. */
const tryTo = (act: () => void): void => {
  try {
    act()
  } catch {}
}
