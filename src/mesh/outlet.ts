import type { Stream } from '@libp2p/interface'
import type { Counters } from './counters.ts'
import { encodeFrames } from './frames.ts'

const batchBytes = 256 * 1024

/** What a full queue does with one frame more: requests are refused (somebody waits for them), news push out older news. */
export type WhenFull = 'drop-oldest' | 'refuse'

/**
 * The writing half of a stream: frames of one tick leave as one message, a full stream holds them back here, and what may wait here is
 * bounded: the oldest frames go first. Never throws: a closed stream swallows frames, its `close` event tells the owner.
 */
export class Outlet {
  readonly stream: Stream
  readonly #queueBytesMax: number
  readonly #counters: Counters
  readonly #whenFull: WhenFull
  #queue: Uint8Array[] = []
  #queuedBytes = 0
  #scheduled = false
  #waiting: (() => void)[] = []

  constructor(stream: Stream, queueBytesMax: number, counters: Counters, whenFull: WhenFull = 'drop-oldest') {
    this.stream = stream
    this.#queueBytesMax = queueBytesMax
    this.#counters = counters
    this.#whenFull = whenFull
    // libp2p clears its own mark in a listener and writes what it held in a microtask: look again after both.
    const again = () => queueMicrotask(() => this.#flush())
    stream.addEventListener('drain', again)
    stream.addEventListener('idle', again)
    stream.addEventListener('close', () => this.#release())
  }

  /** False when this frame was refused or older ones were dropped. */
  write(frame: Uint8Array): boolean {
    if (this.#whenFull === 'refuse' && this.#queue.length > 0 && this.#queuedBytes + frame.byteLength > this.#queueBytesMax) return false
    this.#queue.push(frame)
    this.#queuedBytes += frame.byteLength
    let kept = true
    while (this.#queuedBytes > this.#queueBytesMax && this.#queue.length > 1) {
      this.#queuedBytes -= this.#queue.shift()?.byteLength ?? 0
      this.#counters.framesDropped += 1
      kept = false
    }
    if (!this.#scheduled) {
      this.#scheduled = true
      queueMicrotask(() => this.#flush())
    }
    return kept
  }

  get queuedBytes(): number {
    return this.#queuedBytes + this.stream.writeBufferLength
  }

  /** Resolves when nothing waits here any more, or the stream closed. */
  drained(): Promise<void> {
    if (this.#isIdle()) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  #isIdle(): boolean {
    return this.stream.status !== 'open' || (this.#queue.length === 0 && !this.stream.writableNeedsDrain)
  }

  #flush(): void {
    this.#scheduled = false
    while (this.#queue.length > 0 && this.stream.status === 'open' && !this.stream.writableNeedsDrain) {
      const frames = this.#nextBatch()
      const message = encodeFrames(frames)
      try {
        this.stream.send(message)
      } catch {
        break
      }
      this.#counters.framesSent += frames.length
      this.#counters.bytesSent += message.byteLength
    }
    if (this.#waiting.length > 0 && this.#isIdle()) this.#release()
  }

  #nextBatch(): Uint8Array[] {
    let bytes = 0
    let count = 0
    for (const frame of this.#queue) {
      if (count > 0 && bytes + frame.byteLength > batchBytes) break
      bytes += frame.byteLength
      count += 1
    }
    this.#queuedBytes -= bytes
    return this.#queue.splice(0, count)
  }

  #release(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }
}
