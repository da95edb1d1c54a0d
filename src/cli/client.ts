import { accessSync, constants, statSync } from 'node:fs'
import { Fault, type Json, type PeerId } from '../base/index.ts'
import type { Finding } from '../host/types.ts'
import type { Metrics } from '../node/metrics.ts'
import type { Identity, Reading, RecordView, Service } from '../node/service.ts'
import type { ClusterView } from '../node/view.ts'
import type { Draft, Link, MachineChoice, MachineFields, MasterSheet, ThisMachine } from '../setup/index.ts'
import type { ErrorBody } from '../web/index.ts'
import { createWriteStream, type PutResult } from './write-stream.ts'

type Written = { readonly version: number; readonly index: number }

export type { PutResult }

/** A node as its socket offers it: the Service, every answer a promise. Every failure is a Fault. */
export interface Client {
  view(): Promise<ClusterView>
  /** The view now and after each change, at most every `everyMs`, until `signal` aborts or the node ends. */
  watch(everyMs: number, signal: AbortSignal): AsyncGenerator<ClusterView, void, undefined>
  identity(): Promise<Identity>
  health(): Promise<ReturnType<Service['health']>>
  metrics(): Promise<Metrics>
  leader(): Promise<Pick<ClusterView, 'leader' | 'noLeaderBecause' | 'voters'>>
  stateRoot(): Promise<{ readonly index: number; readonly root: string }>
  create(genesis: string): Promise<void>
  join(genesis: string, members: readonly { readonly peer: PeerId; readonly addresses: readonly string[] }[]): Promise<void>
  propose(commands: readonly Json[]): Promise<readonly Json[]>
  put(key: string, value: Json, expect?: number): Promise<Written>
  /** Up to 512 independent writes in one request; one result for each, in order. */
  putMany(puts: readonly { readonly key: string; readonly value: Json; readonly expect?: number }[]): Promise<readonly PutResult[]>
  delete(key: string, expect?: number): Promise<Written>
  get(key: string, strong: boolean): Promise<{ readonly record: RecordView | null; readonly reading: Reading }>
  list(
    prefix: string,
    strong: boolean,
    after?: string,
    limit?: number,
  ): Promise<{ readonly records: readonly RecordView[]; readonly reading: Reading }>
  transfer(to: string): Promise<Awaited<ReturnType<Service['transfer']>>>
  diagnosePeer(peer: string): Promise<readonly Finding[]>
  readonly setup: SetupClient
}

/** The steps of set-up, for a node that is in no cluster yet. */
export interface SetupClient {
  standing(): Promise<{
    readonly closed: boolean
    readonly draft: Draft
    readonly machine: { readonly choice: MachineChoice; readonly fixed: ThisMachine['fixed'] }
  }>
  findings(): Promise<readonly Finding[]>
  link(fresh: boolean): Promise<Link>
  machine(fields: MachineFields): Promise<void>
  cluster(name: string): Promise<void>
  operator(name: string, passphrase: string): Promise<void>
  master(): Promise<MasterSheet & { readonly asks: readonly number[] }>
  confirm(typed: Readonly<Record<string, string>>): Promise<void>
}

export interface ClientOptions {
  /** A little more than the node itself waits before it gives up. */
  readonly timeoutMs?: number
}

/** The next write so soon after one is taken for a sign of more. */
const goesOnWithinMs = 1_000

interface Ask {
  readonly body?: Json
  readonly query?: Readonly<Record<string, string | number | undefined>>
  /** Statuses whose body is an answer and not a failure. */
  readonly also?: readonly number[]
}

/** Speaks to the node behind a Unix socket. Connects with each call: a node may come and go. */
export const connect = (socketPath: string, { timeoutMs = 35_000 }: ClientOptions = {}): Client => {
  const open = async (method: string, path: string, { body, query = {} }: Ask, signal: AbortSignal): Promise<Response> => {
    const words = Object.entries(query).flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${encodeURIComponent(value)}`]))
    try {
      return await fetch(`http://bzzz${path}${words.length > 0 ? `?${words.join('&')}` : ''}`, {
        method,
        unix: socketPath,
        signal,
        // Bun sends a request again, writes too, when a kept connection closes under it. A fresh connection is never retried.
        keepalive: method === 'GET',
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
      })
    } catch (cause) {
      throw unreachable(socketPath, cause, method !== 'GET')
    }
  }

  // The answers are what createApi of the same program made from a Service: the types hold, only failures need a look.
  const ask = async <Answer>(method: string, path: string, how: Ask = {}): Promise<Answer> => {
    const response = await open(method, path, how, AbortSignal.timeout(timeoutMs))
    const answer = await parsed(response, socketPath, method !== 'GET')
    if (response.ok || how.also?.includes(response.status)) return answer as Answer
    throw faultIn(answer, socketPath)
  }

  // Who writes once is not kept waiting for a connection to be upgraded; who goes on writing gets one that stays.
  const stream = createWriteStream({ socketPath, timeoutMs, ended: () => unreachable(socketPath, { code: 'ECONNRESET' }, true) })
  let writing = 0
  let wroteMs = Number.NEGATIVE_INFINITY

  return {
    view: () => ask('GET', '/v1/view'),
    identity: () => ask('GET', '/v1/identity'),
    health: () => ask('GET', '/v1/health'),
    metrics: () => ask('GET', '/v1/metrics'),
    leader: () => ask('GET', '/v1/leader'),
    stateRoot: () => ask('GET', '/v1/root'),
    create: async (genesis) => void (await ask('POST', '/v1/cluster/create', { body: { genesis } })),
    join: async (genesis, members) => {
      const facts = members.map(({ peer, addresses }) => ({ peer, addresses: [...addresses] }))
      await ask('POST', '/v1/cluster/join', { body: { genesis, members: facts } })
    },
    propose: async (commands) =>
      (await ask<{ results: readonly Json[] }>('POST', '/v1/propose', { body: { commands: [...commands] } })).results,
    put: async (key, value, expect) => {
      const address = addressOf(key)
      const goesOn = writing > 0 || performance.now() - wroteMs < goesOnWithinMs
      writing += 1
      try {
        const answer = goesOn ? await stream.put(key, value, expect) : null
        if (answer === null) return await ask('PUT', address, { body: value, query: { expect } })
        if ('error' in answer) throw faultIn(answer, socketPath)
        return answer
      } finally {
        writing -= 1
        wroteMs = performance.now()
      }
    },
    putMany: async (puts) => {
      const body = puts.map(({ key, value, expect }) => ({ key, value, ...(expect === undefined ? {} : { expect }) }))
      return (await ask<{ results: readonly PutResult[] }>('POST', '/v1/kv', { body })).results
    },
    delete: async (key, expect) => ask('DELETE', addressOf(key), { query: { expect } }),
    get: async (key, strong) => {
      const answer = await ask<{ record: RecordView | null; reading?: Reading } & Partial<ErrorBody>>('GET', addressOf(key), {
        query: { strong: strong ? 1 : undefined },
        also: [404],
      })
      if (answer.reading === undefined) throw faultIn(answer, socketPath)
      return { record: answer.record, reading: answer.reading }
    },
    list: (prefix, strong, after, limit) => ask('GET', '/v1/kv', { query: { prefix, strong: strong ? 1 : undefined, after, limit } }),
    transfer: (to) => ask('POST', '/v1/leader/transfer', { body: { to } }),
    diagnosePeer: async (peer) =>
      (await ask<{ findings: readonly Finding[] }>('POST', `/v1/diagnose/${encodeURIComponent(peer)}`)).findings,
    setup: {
      standing: () => ask('GET', '/v1/setup'),
      findings: async () => (await ask<{ findings: readonly Finding[] }>('GET', '/v1/setup/findings')).findings,
      link: (fresh) => ask('POST', '/v1/setup/link', { body: { fresh } }),
      machine: async (fields) => void (await ask('POST', '/v1/setup/machine', { body: { ...fields } })),
      cluster: async (name) => void (await ask('POST', '/v1/setup/cluster', { body: { name } })),
      operator: async (name, passphrase) => void (await ask('POST', '/v1/setup/operator', { body: { name, passphrase } })),
      master: () => ask('POST', '/v1/setup/master'),
      confirm: async (typed) => void (await ask('POST', '/v1/setup/confirm', { body: { ...typed } })),
    },
    watch: async function* (everyMs, signal) {
      const response = await open('GET', '/v1/watch', { query: { everyMs } }, signal)
      if (!response.ok) throw faultIn(await parsed(response, socketPath, false), socketPath)
      for await (const line of lines(response, signal)) yield JSON.parse(line) as ClusterView
    },
  }
}

/** "." and ".." would vanish from an address, however they are encoded. */
const addressOf = (key: string): string => {
  if (key === '' || key === '.' || key === '..' || !key.isWellFormed()) {
    throw new Fault('bad-request', 'This is not a key.', { hint: 'A key is 1 to 512 bytes of text, and neither "." nor "..".' })
  }
  return `/v1/kv/${encodeURIComponent(key)}`
}

const parsed = async (response: Response, socketPath: string, mayHaveActed: boolean): Promise<unknown> => {
  let text: string
  try {
    text = await response.text()
  } catch (cause) {
    throw unreachable(socketPath, cause, mayHaveActed)
  }
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw new Fault('not-reachable', `What answers at ${socketPath} is not bzzz.`, {
      hint: 'Name the socket of the node with --socket.',
      cause,
    })
  }
}

const faultIn = (answer: unknown, socketPath: string): Fault => {
  const error = typeof answer === 'object' && answer !== null && 'error' in answer ? (answer as Partial<ErrorBody>).error : undefined
  if (typeof error?.code !== 'string' || typeof error.message !== 'string') {
    return new Fault('not-reachable', `What answers at ${socketPath} is not bzzz.`, { hint: 'Name the socket of the node with --socket.' })
  }
  return new Fault(error.code, error.message, { hint: error.hint ?? undefined })
}

const unreachable = (socketPath: string, cause: unknown, mayHaveActed: boolean): Fault => {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : ''
  const name = cause instanceof Error ? cause.name : ''
  if (name === 'TimeoutError' || name === 'AbortError') {
    const doubt = mayHaveActed ? '; whether it took effect is not known' : ''
    return new Fault('timeout', `The node did not answer in time${doubt}.`, { hint: 'See `bzzz status`, then try again.', cause })
  }
  if (code === 'ECONNRESET') {
    const doubt = mayHaveActed ? '; whether it took effect is not known' : ''
    return new Fault('not-reachable', `The node ended before it answered${doubt}.`, { hint: 'See `bzzz status`, then try again.', cause })
  }
  if (isForbidden(socketPath)) {
    return new Fault('forbidden', `The socket ${socketPath} belongs to somebody else.`, {
      hint: 'Ask as the user who runs the node: `sudo bzzz …`.',
      cause,
    })
  }
  return new Fault('not-reachable', `No node runs here: nothing answers at ${socketPath}.`, {
    hint: 'Start one with `bzzz run`, or name its socket with --socket.',
    cause,
  })
}

const isForbidden = (socketPath: string): boolean => {
  try {
    statSync(socketPath)
    accessSync(socketPath, constants.R_OK | constants.W_OK)
    return false
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) return false
    return error.code === 'EACCES' || error.code === 'EPERM'
  }
}

async function* lines(response: Response, signal: AbortSignal): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  let rest = ''
  try {
    for await (const chunk of response.body ?? []) {
      const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n')
      rest = parts.pop() ?? ''
      yield* parts
    }
  } catch (error) {
    if (!signal.aborted) throw new Fault('not-reachable', 'The node ended.', { hint: 'See `bzzz status`.', cause: error })
  }
}
