import { z } from 'zod'
import type { Log } from '../base/index.ts'
import type { Service } from '../node/service.ts'
import { type ErrorBody, failure } from './answer.ts'
import { manyPuts, type Put, putAll } from './api-kv.ts'
import { bodyBytesMax, checked } from './body.ts'
import { parseJson } from './json.ts'
import type { Channel } from './listen.ts'

/** Where a client upgrades to a WebSocket, to write without a request for each write. */
const writeChannelPath = '/v1/writes'

const channelsMax = 256
const unansweredMax = 64
const idleSeconds = 60

/** A message of the client: independent writes, answered together under the number that the client gave them. */
export interface WriteMessage {
  readonly id: number
  readonly puts: readonly Put[]
}

/** One result for each put, in order; or one error for all: `timeout` (the outcome is unknown), else nothing of the message was done. */
export type WriteAnswer = { readonly id: number | null } & ({ readonly results: Awaited<ReturnType<typeof putAll>> } | ErrorBody)

/** The server's side of the channel. Messages are taken as they come and answered as they are done, in any order; nothing is ever done twice. */
export const createWriteChannel = (service: Service, log: Log): Channel => {
  const unanswered = new Map<Bun.ServerWebSocket<undefined>, number>()

  const answer = async (text: string): Promise<WriteAnswer> => {
    try {
      const { id, puts } = checked(message, parseJson(text, 'The message'))
      return { id, results: await putAll(service, puts, log) }
    } catch (error) {
      return { id: numberIn(text), ...failure(error, log).body }
    }
  }

  return {
    path: writeChannelPath,
    hasRoom: () => unanswered.size < channelsMax,
    handlers: {
      maxPayloadLength: bodyBytesMax,
      idleTimeout: idleSeconds,
      // A client that does not read its answers is let go.
      backpressureLimit: 4 * bodyBytesMax,
      closeOnBackpressureLimit: true,
      open: (socket) => void unanswered.set(socket, 0),
      close: (socket) => void unanswered.delete(socket),
      message: async (socket, data) => {
        const waiting = unanswered.get(socket) ?? 0
        // The client's own bound is far below: whoever goes beyond it is none of ours.
        if (typeof data !== 'string' || waiting >= unansweredMax) {
          socket.close(policyViolation)
          return
        }
        unanswered.set(socket, waiting + 1)
        const done = await answer(data)
        const left = unanswered.get(socket)
        if (left === undefined) return
        unanswered.set(socket, left - 1)
        socket.send(JSON.stringify(done))
      },
    },
  }
}

const policyViolation = 1008

const message = z.strictObject({ id: z.int('expected a number').min(0, 'expected 0 or more'), puts: manyPuts })

/** The number that a refused message had; null where it cannot be made out. */
const numberIn = (text: string): number | null => {
  try {
    return z.object({ id: message.shape.id }).parse(JSON.parse(text)).id
  } catch {
    return null
  }
}
