import { Fault, type Json } from '../base/index.ts'
import type { ErrorBody, WriteAnswer } from '../web/index.ts'

export type PutResult = { readonly version: number; readonly index: number } | ErrorBody

export interface WriteStream {
  /**
   * What the node answered; null where nothing was done and nothing was sent, or the node did not take it in this form: a request of its own
   * then says why. Rejects where the outcome is unknown.
   */
  put(key: string, value: Json, expect?: number): Promise<PutResult | null>
}

export interface WriteStreamOptions {
  readonly socketPath: string
  readonly timeoutMs: number
  /** The node ended after a write was sent to it. */
  readonly ended: () => Fault
}

/** Messages on their way at one time; while they are, further puts gather for the next one. */
const messagesMax = 4
/** What the node takes in one message; four bytes for each char stay below its limit of 1 MiB. */
const putsMax = 512
const charsMax = 240_000
const idleMs = 5_000

interface Waiting {
  /** As it stands in the message. */
  readonly text: string
  readonly resolve: (result: PutResult | null) => void
  readonly reject: (fault: Fault) => void
}

interface Message {
  readonly puts: readonly Waiting[]
  readonly timer: ReturnType<typeof setTimeout>
}

/**
 * Writes over one kept WebSocket to the node's socket. Puts that are asked for at the same time share a message, and no message is ever sent
 * twice: where the connection ends before the answer, the outcome is unknown.
 */
export const createWriteStream = ({ socketPath, timeoutMs, ended }: WriteStreamOptions): WriteStream => {
  let socket: WebSocket | null = null
  let queue: Waiting[] = []
  let gathering = false
  let nextId = 1
  let idle: ReturnType<typeof setTimeout> | undefined
  const sent = new Map<number, Message>()

  const gather = (): void => {
    if (gathering) return
    gathering = true
    queueMicrotask(() => {
      gathering = false
      send()
    })
  }

  const send = (): void => {
    if (queue.length > 0 && socket === null) open()
    while (queue.length > 0 && sent.size < messagesMax && socket?.readyState === WebSocket.OPEN) {
      const puts = queue.splice(0, countThatFits(queue))
      const id = nextId++
      sent.set(id, { puts, timer: setTimeout(tooLate, timeoutMs) })
      socket.send(`{"id":${id},"puts":[${puts.map(({ text }) => text).join(',')}]}`)
    }
  }

  const open = (): void => {
    const opened = new WebSocket(`ws+unix://${socketPath}:/v1/writes`)
    socket = opened
    opened.onopen = send
    opened.onmessage = ({ data }) => answered(String(data))
    // What went wrong is seen by whoever asks again; `close` follows.
    opened.onerror = () => {}
    opened.onclose = () => give(opened, ended)
  }

  /** No answer will come over this connection: what was sent may have been done, what was not sent was not. */
  const give = (closed: WebSocket, why: () => Fault): void => {
    if (socket !== closed) return
    socket = null
    clearTimeout(idle)
    const lost = [...sent.keys()].flatMap((id) => taken(id))
    const unsent = queue
    queue = []
    for (const one of lost) one.reject(why())
    for (const one of unsent) one.resolve(null)
  }

  const tooLate = (): void => {
    if (socket === null) return
    const late = socket
    give(late, timedOut)
    late.close()
  }

  const answered = (text: string): void => {
    const answer = JSON.parse(text) as WriteAnswer // what the write channel of the same program sends
    if (answer.id === null) return
    const puts = taken(answer.id)
    if ('results' in answer) for (const [n, one] of puts.entries()) one.resolve(answer.results[n] ?? null)
    else if (refusedWhole.has(answer.error.code)) for (const one of puts) one.resolve(null)
    else for (const one of puts) one.resolve({ error: answer.error })
    gather()
    clearTimeout(idle)
    idle = setTimeout(() => sent.size === 0 && socket?.close(), idleMs)
  }

  const taken = (id: number): readonly Waiting[] => {
    const message = sent.get(id)
    sent.delete(id)
    clearTimeout(message?.timer)
    return message?.puts ?? []
  }

  return {
    put: (key, value, expect) =>
      new Promise((resolve, reject) => {
        const text = JSON.stringify(expect === undefined ? { key, value } : { key, value, expect })
        if (text.length > charsMax) return resolve(null)
        queue.push({ text, resolve, reject })
        gather()
      }),
  }
}

/** These say that nothing of a message was done, because of one of its puts: each is then asked for by itself. */
const refusedWhole: ReadonlySet<string> = new Set(['bad-request', 'too-large'])

const countThatFits = (queue: readonly Waiting[]): number => {
  let chars = 0
  const count = queue.slice(0, putsMax).findIndex(({ text }) => {
    chars += text.length
    return chars > charsMax
  })
  return count === -1 ? Math.min(queue.length, putsMax) : count
}

const timedOut = (): Fault =>
  new Fault('timeout', 'The node did not answer in time; whether it took effect is not known.', {
    hint: 'See `bzzz status`, then try again.',
  })
