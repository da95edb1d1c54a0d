import { Fault } from '../base/index.ts'

const prefixBytes = 4

/** The frames as one message: each a uint32 length (big endian) and its bytes. One message is one write, however many frames wait. */
export const encodeFrames = (frames: readonly Uint8Array[]): Uint8Array => {
  let size = 0
  for (const frame of frames) size += prefixBytes + frame.byteLength
  const message = new Uint8Array(size)
  const view = new DataView(message.buffer)
  let at = 0
  for (const frame of frames) {
    view.setUint32(at, frame.byteLength)
    message.set(frame, at + prefixBytes)
    at += prefixBytes + frame.byteLength
  }
  return message
}

/**
 * Takes chunks as they arrive and hands out whole frames on demand. A length above `frameBytesMax` throws `frame-too-large` as soon as
 * its four bytes are read, before room is made for it. What it holds is bounded by the cap plus one chunk.
 */
export class FrameDecoder {
  readonly #frameBytesMax: number
  #chunks: Uint8Array[] = []
  #at = 0
  #held = 0

  constructor(frameBytesMax: number) {
    this.#frameBytesMax = frameBytesMax
  }

  get heldBytes(): number {
    return this.#held
  }

  push(chunk: Uint8Array): void {
    if (chunk.byteLength === 0) return
    this.#held += chunk.byteLength
    // Merging with smaller neighbours keeps the list logarithmic: a peer that sends single bytes must not cost an object each.
    let merged = chunk
    for (
      let last = this.#chunks.at(-1);
      this.#chunks.length > 1 && last && last.byteLength <= merged.byteLength;
      last = this.#chunks.at(-1)
    ) {
      const both = new Uint8Array(last.byteLength + merged.byteLength)
      both.set(last)
      both.set(merged, last.byteLength)
      merged = both
      this.#chunks.pop()
    }
    this.#chunks.push(merged)
  }

  /** The next whole frame, or undefined until more arrives. */
  next(): Uint8Array | undefined {
    if (this.#held < prefixBytes) return undefined
    const length = this.#peekLength()
    if (length > this.#frameBytesMax)
      throw new Fault('frame-too-large', `A frame of ${length} bytes is over the limit of ${this.#frameBytesMax}.`)
    if (this.#held < prefixBytes + length) return undefined
    this.#take(prefixBytes)
    return this.#take(length)
  }

  #peekLength(): number {
    let length = 0
    let chunk = 0
    let at = this.#at
    for (let read = 0; read < prefixBytes; ) {
      const byte = this.#chunks[chunk]?.[at]
      if (byte === undefined) {
        chunk += 1
        at = 0
        continue
      }
      length = length * 256 + byte
      at += 1
      read += 1
    }
    return length
  }

  #take(size: number): Uint8Array {
    this.#held -= size
    const first = this.#chunks[0]
    if (first && first.byteLength - this.#at >= size) {
      const slice = first.subarray(this.#at, this.#at + size)
      this.#advance(size)
      return slice
    }
    const whole = new Uint8Array(size)
    for (let filled = 0; filled < size; ) {
      const chunk = this.#chunks[0]
      if (!chunk) break
      const part = chunk.subarray(this.#at, this.#at + size - filled)
      whole.set(part, filled)
      filled += part.byteLength
      this.#advance(part.byteLength)
    }
    return whole
  }

  #advance(size: number): void {
    this.#at += size
    if (this.#at >= (this.#chunks[0]?.byteLength ?? 0)) {
      this.#chunks.shift()
      this.#at = 0
    }
  }
}
