import type { Stream } from '@libp2p/interface'
import type { Clock } from '../base/index.ts'
import type { Counters } from './counters.ts'
import { Outlet, type WhenFull } from './outlet.ts'

/** A stream that could not be opened on a live connection is not tried again at once: the other side may not know the protocol yet. */
const reopenAfterMs = 100

export interface LaneOptions {
  /** A new stream to the peer, or null while there is no connection. */
  readonly open: () => Promise<Stream> | null
  readonly queueBytesMax: number
  readonly whenFull: WhenFull
  readonly counters: Counters
  readonly clock: Clock
  readonly attach?: (stream: Stream) => void
  /** Whatever was written and not answered so far may be lost. */
  readonly onBroken?: () => void
}

/**
 * One kept stream to one peer for one protocol. It opens with the first frame and comes back with the first frame after a reconnect; what
 * waits meanwhile is bounded.
 */
export class Lane {
  readonly #options: LaneOptions
  #outlet: Outlet | null = null
  #opening: { readonly frames: Uint8Array[]; bytes: number } | null = null
  #failedMs = Number.NEGATIVE_INFINITY

  constructor(options: LaneOptions) {
    this.#options = options
  }

  /** False when the frame, or an older one in its favour, was dropped. */
  send(frame: Uint8Array): boolean {
    if (this.#outlet) return this.#outlet.write(frame)
    if (!this.#opening && !this.#beginOpening()) {
      this.#options.counters.framesDropped += 1
      return false
    }
    return this.#holdBack(frame)
  }

  /** Drops the stream and all that waits; the next frame opens a new one. */
  reset(): void {
    this.#failedMs = Number.NEGATIVE_INFINITY
    const outlet = this.#outlet
    const hadWork = outlet !== null || this.#opening !== null
    this.#outlet = null
    this.#opening = null
    outlet?.stream.abort(new Error('The connection of this stream is no longer used.'))
    if (hadWork) this.#options.onBroken?.()
  }

  #beginOpening(): boolean {
    const { clock, open } = this.#options
    if (clock.nowMs() - this.#failedMs < reopenAfterMs) return false
    const stream = open()
    if (!stream) return false
    const opening = { frames: [], bytes: 0 }
    this.#opening = opening
    stream.then(
      (opened) => this.#opened(opening, opened),
      () => this.#failed(opening),
    )
    return true
  }

  #holdBack(frame: Uint8Array): boolean {
    const opening = this.#opening
    if (!opening) return false
    const { queueBytesMax, whenFull } = this.#options
    if (whenFull === 'refuse' && opening.bytes + frame.byteLength > queueBytesMax && opening.frames.length > 0) return false
    opening.frames.push(frame)
    opening.bytes += frame.byteLength
    let kept = true
    while (opening.bytes > queueBytesMax && opening.frames.length > 1) {
      opening.bytes -= opening.frames.shift()?.byteLength ?? 0
      this.#options.counters.framesDropped += 1
      kept = false
    }
    return kept
  }

  #opened(opening: object, stream: Stream): void {
    if (this.#opening !== opening) {
      stream.abort(new Error('The connection of this stream is no longer used.'))
      return
    }
    const { frames } = this.#opening
    this.#opening = null
    const { queueBytesMax, counters, whenFull } = this.#options
    const outlet = new Outlet(stream, queueBytesMax, counters, whenFull)
    this.#outlet = outlet
    stream.addEventListener('close', () => {
      if (this.#outlet !== outlet) return
      this.#outlet = null
      this.#options.onBroken?.()
    })
    this.#options.attach?.(stream)
    for (const frame of frames) outlet.write(frame)
  }

  #failed(opening: object): void {
    if (this.#opening !== opening) return
    this.#options.counters.framesDropped += this.#opening.frames.length
    this.#opening = null
    this.#failedMs = this.#options.clock.nowMs()
    this.#options.onBroken?.()
  }
}
