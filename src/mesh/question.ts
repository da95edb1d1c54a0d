import { z } from 'zod'
import { type Clock, Fault, type Json } from '../base/index.ts'
import type { Counters } from './counters.ts'

const decoder = new TextDecoder('utf-8', { fatal: true })
const encoder = new TextEncoder()

// JSON.parse made it, so any value that is there is JSON; walking through it again would cost as much as reading it.
const json = z.custom<Json>((value) => value !== undefined)
const question = z.object({ id: z.number().int().nonnegative(), body: json })
const answer = z.union([
  z.object({ id: z.number().int().nonnegative(), answer: json }),
  z.object({
    id: z.number().int().nonnegative(),
    fault: z.object({ code: z.string().max(64), message: z.string().max(2_000), hint: z.string().max(2_000).optional() }),
  }),
])

export type Question = { readonly id: number; readonly body: Json }
export type Answer =
  | { readonly id: number; readonly answer: Json }
  | { readonly id: number; readonly fault: { readonly code: string; readonly message: string; readonly hint?: string | undefined } }

const read = <Shape>(schema: z.ZodType<Shape>, frame: Uint8Array): Shape => {
  try {
    return schema.parse(JSON.parse(decoder.decode(frame)))
  } catch (cause) {
    throw new Fault('bad-frame', 'A request or answer could not be read.', { cause })
  }
}

/** Both throw `bad-frame` for anything else. */
export const decodeQuestion = (frame: Uint8Array): Question => read(question, frame)
export const decodeAnswer = (frame: Uint8Array): Answer => read(answer, frame)

export const encodeText = (value: Question | Answer): Uint8Array => encoder.encode(JSON.stringify(value))

interface Pending {
  readonly resolve: (answer: Json) => void
  readonly reject: (because: Fault) => void
  readonly release: () => void
}

/** Requests to one peer on one protocol that wait for their answers. */
export class Questions {
  readonly #pending = new Map<number, Pending>()
  readonly #options: { readonly clock: Clock; readonly pendingMax: number; readonly counters: Counters }
  #next = 0

  constructor(options: { readonly clock: Clock; readonly pendingMax: number; readonly counters: Counters }) {
    this.#options = options
  }

  /** Faults: `busy`, `timeout` (outcome unknown), `peer-lost` (outcome unknown), `aborted`, or the fault the other side answered with. */
  ask(
    body: Json,
    options: { deadlineMs: number; signal?: AbortSignal | undefined; send: (frame: Uint8Array) => Fault | null; frameBytesMax: number },
  ): Promise<Json> {
    const { clock, pendingMax, counters } = this.#options
    if (this.#pending.size >= pendingMax)
      return Promise.reject(new Fault('busy', 'Too many requests to this node wait for an answer.', { hint: 'Try again in a moment.' }))
    if (options.signal?.aborted) return Promise.reject(aborted())
    const id = this.#next++
    const frame = encodeText({ id, body })
    if (frame.byteLength > options.frameBytesMax)
      return Promise.reject(new Fault('too-large', `A request of ${frame.byteLength} bytes is over the limit of ${options.frameBytesMax}.`))
    return new Promise((resolve, reject) => {
      const onAbort = () => this.#settle(id, (pending) => pending.reject(aborted()))
      const cancelTimer = clock.after(options.deadlineMs, () =>
        this.#settle(id, (pending) => {
          counters.requestsTimedOut += 1
          pending.reject(new Fault('timeout', `No answer came within ${options.deadlineMs} ms; whether it was carried out is unknown.`))
        }),
      )
      options.signal?.addEventListener('abort', onAbort, { once: true })
      const release = () => {
        cancelTimer()
        options.signal?.removeEventListener('abort', onAbort)
      }
      this.#pending.set(id, { resolve, reject, release })
      const refused = options.send(frame)
      if (refused) this.#settle(id, (pending) => pending.reject(refused))
    })
  }

  /** An answer to a question nobody waits for any more is no news. */
  answered(frame: Uint8Array): void {
    const message = decodeAnswer(frame)
    this.#settle(message.id, (pending) => {
      if ('answer' in message) pending.resolve(message.answer)
      else pending.reject(new Fault(message.fault.code, message.fault.message, { hint: message.fault.hint }))
    })
  }

  broken(): void {
    for (const id of [...this.#pending.keys()])
      this.#settle(id, (pending) =>
        pending.reject(new Fault('peer-lost', 'The connection broke before the answer came; whether it was carried out is unknown.')),
      )
  }

  #settle(id: number, act: (pending: Pending) => void): void {
    const pending = this.#pending.get(id)
    if (!pending) return
    this.#pending.delete(id)
    pending.release()
    act(pending)
  }
}

const aborted = (): Fault => new Fault('aborted', 'The request was given up by this side.')
