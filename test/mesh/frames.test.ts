import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { isFault } from '../../src/base/index.ts'
import { encodeFrames, FrameDecoder } from '../../src/mesh/frames.ts'

const cap = 1_000
const drain = (decoder: FrameDecoder): Uint8Array[] => {
  const frames: Uint8Array[] = []
  for (let frame = decoder.next(); frame; frame = decoder.next()) frames.push(frame)
  return frames
}

test('frames come out as they went in, however the bytes are cut', () => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ maxLength: cap }), { maxLength: 20 }),
      fc.array(fc.integer({ min: 1, max: 700 })),
      (frames, cuts) => {
        const bytes = encodeFrames(frames)
        const decoder = new FrameDecoder(cap)
        const out: Uint8Array[] = []
        let at = 0
        for (const cut of [...cuts, bytes.byteLength]) {
          decoder.push(bytes.subarray(at, at + cut))
          at += cut
          out.push(...drain(decoder))
        }
        expect(out.map((frame) => Buffer.from(frame).toString('hex'))).toEqual(frames.map((frame) => Buffer.from(frame).toString('hex')))
        expect(decoder.heldBytes).toBe(0)
      },
    ),
    { numRuns: 300 },
  )
})

test('any bytes give frames within the cap or one refusal, and never hold more than was pushed', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 300 })), (chunks) => {
      const decoder = new FrameDecoder(cap)
      let pushed = 0
      try {
        for (const chunk of chunks) {
          decoder.push(chunk)
          pushed += chunk.byteLength
          for (const frame of drain(decoder)) expect(frame.byteLength).toBeLessThanOrEqual(cap)
          expect(decoder.heldBytes).toBeLessThanOrEqual(pushed)
        }
      } catch (error) {
        expect(isFault(error, 'frame-too-large')).toBe(true)
      }
    }),
    { numRuns: 500 },
  )
})

test('a length over the cap is refused with the fourth byte, before any room is made', () => {
  const decoder = new FrameDecoder(2 ** 20)
  decoder.push(Uint8Array.of(0xff, 0xff, 0xff))
  expect(decoder.next()).toBeUndefined()
  decoder.push(Uint8Array.of(0xff))
  expect(() => decoder.next()).toThrow('over the limit')
})

test('a frame of exactly the cap passes and one byte more does not', () => {
  const exact = new FrameDecoder(cap)
  exact.push(encodeFrames([new Uint8Array(cap)]))
  expect(exact.next()?.byteLength).toBe(cap)
  const over = new FrameDecoder(cap)
  over.push(encodeFrames([new Uint8Array(cap + 1)]))
  expect(() => over.next()).toThrow('over the limit')
})

test('a large frame that arrives byte by byte does not cost an object per byte', () => {
  const decoder = new FrameDecoder(2 ** 20)
  const bytes = encodeFrames([new Uint8Array(200_000).fill(7)])
  const before = process.memoryUsage().rss
  for (const byte of bytes) decoder.push(Uint8Array.of(byte))
  expect(decoder.next()?.byteLength).toBe(200_000)
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20)
})
