import type { Stream } from '@libp2p/interface'
import type { z } from 'zod'
import { type Clock, Fault, isFault, type Json, type PeerId } from '../base/index.ts'
import type { Counters } from './counters.ts'
import { type Allowance, readFrames } from './inlet.ts'
import { Outlet } from './outlet.ts'
import { decodeQuestion, encodeText } from './question.ts'

/** Answers one request. A thrown Fault travels back with its code, message and hint; anything else becomes `internal` and is reported here. */
export type Answerer<Body> = (from: PeerId, body: Body, context: { readonly signal: AbortSignal }) => Json | Promise<Json>

/**
 * Serves the requests of one stream, several at a time. A place stays taken until the answer has left this machine's queue, so a peer that asks
 * and does not read runs out of places, not we out of memory.
 */
export const serveStream = <Body>(
  stream: Stream,
  options: {
    readonly from: PeerId
    readonly schema: z.ZodType<Body>
    readonly answer: Answerer<Body>
    readonly frameBytesMax: number
    readonly queueBytesMax: number
    readonly allowance: Allowance
    readonly clock: Clock
    readonly counters: Counters
    readonly onError: (error: unknown) => void
  },
): void => {
  const { from, schema, answer, allowance, clock, counters, frameBytesMax } = options
  const outlet = new Outlet(stream, options.queueBytesMax, counters)
  const closed = new AbortController()
  stream.addEventListener('close', () => closed.abort())

  const reply = async (body: Json): Promise<Json> => {
    const parsed = schema.safeParse(body)
    if (!parsed.success) throw new Fault('bad-request', 'The request does not have the form this protocol wants.')
    return answer(from, parsed.data, { signal: closed.signal })
  }

  readFrames(stream, {
    frameBytesMax,
    allowance,
    clock,
    counters,
    listen: async (frame) => {
      const { id, body } = decodeQuestion(frame)
      const encoded = await reply(body).then(
        (value) => encodeText({ id, answer: value }),
        (error: unknown) => encodeText({ id, fault: described(error, options.onError) }),
      )
      const tooLarge = encoded.byteLength > frameBytesMax
      outlet.write(tooLarge ? encodeText({ id, fault: { code: 'too-large', message: 'The answer is too large for one frame.' } }) : encoded)
      await outlet.drained()
    },
  })
}

const described = (error: unknown, onError: (error: unknown) => void): { code: string; message: string; hint?: string } => {
  if (isFault(error)) {
    const cut = (text: string): string => text.slice(0, 1_000)
    return { code: cut(error.code).slice(0, 64), message: cut(error.message), ...(error.hint ? { hint: cut(error.hint) } : {}) }
  }
  onError(error)
  return { code: 'internal', message: 'The other node failed to answer; its log says why.' }
}
