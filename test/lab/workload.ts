import type { Operation, Reply, Request, Row } from '../support/history.ts'
import { Refusal, type SocketClient } from '../support/socket-client.ts'

/** These say that nothing was done; with every other failure a write may have happened, now or later. */
const refusals: ReadonlySet<string> = new Set(['nobody', 'no-leader', 'busy', 'bad-request', 'forbidden', 'too-large', 'not-a-member'])

/** What the clients of one fault did and were told. */
export interface Workload {
  readonly history: Operation[]
  /** Values that were acknowledged under keys of their own: each must be there for ever. */
  readonly acknowledged: Map<string, string>
  /** Longest time in which no client was told of a finished write, in milliseconds. */
  longestSilenceMs(): number
  stop(): Promise<void>
}

export interface Load {
  /** Names the keys, so that each fault has its own. */
  readonly name: string
  readonly clients: readonly SocketClient[]
  readonly perNode: number
  readonly pauseMs: number
  readonly valueBytes: number
  readonly seed: number
}

/** Starts clients at every node; half write and compare-and-set four shared keys, all read them strongly, and each leaves values of its own. */
export const startWorkload = (load: Load): Workload => {
  const history: Operation[] = []
  const acknowledged = new Map<string, string>()
  const written: number[] = [performance.now()]
  let running = true
  const note = (operation: Operation) => {
    history.push(operation)
    if (operation.answer?.reply.kind === 'written') written.push(operation.answer.returned)
  }
  const clients = load.clients.flatMap((client, node) =>
    Array.from({ length: load.perNode }, async (_, n) => {
      const name = `${node + 1}.${n + 1}`
      const chance = dice(load.seed + node * 100 + n)
      const known = new Map<string, number>()
      for (let round = 0; running; round += 1) {
        const request = choose(load, name, round, chance, known)
        const operation = await perform(client, name, request)
        if (operation !== null) {
          note(operation)
          learn(operation, known)
          if (request.kind === 'cas' && request.key.includes('/own/') && operation.answer?.reply.kind === 'written')
            acknowledged.set(request.key, request.value)
        }
        await Bun.sleep(load.pauseMs * (0.5 + chance()))
      }
    }),
  )
  return {
    history,
    acknowledged,
    longestSilenceMs: () => written.sort((a, b) => a - b).reduce((most, at, n) => Math.max(most, at - (written[n - 1] ?? at)), 0),
    stop: async () => {
      running = false
      await Promise.all(clients)
    },
  }
}

const choose = (load: Load, client: string, round: number, chance: () => number, known: ReadonlyMap<string, number>): Request => {
  const key = `lab/${load.name}/shared/${Math.floor(chance() * 4)}`
  const value = `${client}:${round}:`.padEnd(load.valueBytes, 'x')
  const kind = chance()
  if (kind < 0.3) return { kind: 'get', key }
  if (kind < 0.5) return { kind: 'put', key, value }
  if (kind < 0.75) return { kind: 'cas', key, expect: known.get(key) ?? 0, value }
  return { kind: 'cas', key: `lab/${load.name}/own/${client}/${round}`, expect: 0, value }
}

const learn = (operation: Operation, known: Map<string, number>): void => {
  const { request, answer } = operation
  if (answer === null || request.kind === 'list') return
  if (answer.reply.kind === 'written') known.set(request.key, answer.reply.version)
  if (answer.reply.kind === 'found') known.set(request.key, answer.reply.row?.version ?? 0)
}

/** Null where nothing can have happened: a refused request, or a read without an answer. */
const perform = async (client: SocketClient, name: string, request: Request): Promise<Operation | null> => {
  const invoked = performance.now()
  const done = (reply: Reply): Operation => ({ client: name, request, invoked, answer: { returned: performance.now(), reply } })
  try {
    return done(await ask(client, request))
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    if (error.code === 'conflict') return done({ kind: 'conflict' })
    if (request.kind === 'get' || request.kind === 'list' || refusals.has(error.code)) return null
    return { client: name, request, invoked, answer: null }
  }
}

const ask = async (client: SocketClient, request: Request): Promise<Reply> => {
  switch (request.kind) {
    case 'put':
      return { kind: 'written', version: (await client.put(request.key, request.value)).version }
    case 'cas':
      return { kind: 'written', version: (await client.put(request.key, request.value, request.expect)).version }
    case 'get': {
      const record = await client.get(request.key, true)
      return { kind: 'found', row: record === null ? null : row(record) }
    }
    case 'list':
      return { kind: 'listed', rows: (await client.list(request.prefix, true)).map(row) }
  }
}

const row = ({ key, version, value }: { key: string; version: number; value: unknown }): Row => ({ key, version, value: String(value) })

/** Numbers in [0, 1) from a seed (mulberry32), so that a run can be told apart from another by its seed. */
const dice = (seed: number) => {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
