import type { Json, PeerId } from '../../src/base/index.ts'
import type { FormationNode } from '../../src/deploy/index.ts'
import type { ClusterView, Identity, RecordView } from '../../src/node/index.ts'

/**
 * An answer that is no success: `code` as the API gives it, `nobody` where no process listened (so nothing was done), `silence` where the
 * connection ended or the time ran out before an answer (so anything may have been done).
 */
export class Refusal extends Error {
  readonly code: string
  readonly status: number

  constructor(code: string, status: number, message: string) {
    super(message)
    this.code = code
    this.status = status
  }
}

export interface SocketClient extends FormationNode {
  put(key: string, value: Json, expect?: number): Promise<{ readonly version: number; readonly index: number }>
  get(key: string, strong: boolean): Promise<RecordView | null>
  list(prefix: string, strong: boolean): Promise<readonly RecordView[]>
  root(): Promise<{ readonly index: number; readonly root: string }>
  transfer(to: string): Promise<{ readonly tookMs: number }>
}

/** Speaks to a node over its Unix socket with nothing but the documented API; a request that takes longer than `limitMs` is given up. */
export const socketClient = (unix: string, limitMs = 15_000): SocketClient => {
  const ask = async <Answer>(method: string, path: string, body?: unknown): Promise<Answer> => {
    const given = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    let response: Response
    let answer: unknown
    try {
      response = await fetch(`http://node${path}`, {
        unix,
        method,
        // Bun repeats a request, a write too, when a kept connection closes under it: each gets a connection of its own.
        keepalive: false,
        signal: AbortSignal.timeout(limitMs),
        ...given,
      })
      answer = await response.json()
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined
      throw new Refusal(code === 'ECONNREFUSED' || code === 'ENOENT' ? 'nobody' : 'silence', 0, String(error))
    }
    if (response.ok) return answer as Answer // the shape is the API's promise; the assertions of the tests are its check
    const { code, message } = (answer as { error?: { code?: string; message?: string } }).error ?? {}
    throw new Refusal(code ?? 'unknown', response.status, message ?? `HTTP ${response.status}`)
  }
  const of = (key: string) => `/v1/kv/${encodeURIComponent(key)}`
  return {
    identity: () => ask<Identity>('GET', '/v1/identity'),
    view: () => ask<ClusterView>('GET', '/v1/view'),
    root: () => ask('GET', '/v1/root'),
    create: async (genesis) => void (await ask('POST', '/v1/cluster/create', { genesis })),
    join: async (genesis, members: readonly { readonly peer: PeerId; readonly addresses: readonly string[] }[]) =>
      void (await ask('POST', '/v1/cluster/join', { genesis, members })),
    propose: async (commands) => (await ask<{ results: Json[] }>('POST', '/v1/propose', { commands })).results,
    put: (key, value, expect) => ask('PUT', expect === undefined ? of(key) : `${of(key)}?expect=${expect}`, value),
    get: async (key, strong) => {
      try {
        return (await ask<{ record: RecordView }>('GET', `${of(key)}${strong ? '?strong' : ''}`)).record
      } catch (error) {
        if (error instanceof Refusal && error.code === 'not-found') return null
        throw error
      }
    },
    list: async (prefix, strong) => {
      const records: RecordView[] = []
      for (let after = ''; ; ) {
        const query = new URLSearchParams({ prefix, limit: '1000', ...(strong ? { strong: '1' } : {}), ...(after === '' ? {} : { after }) })
        const { records: page } = await ask<{ records: readonly RecordView[] }>('GET', `/v1/kv?${query}`)
        records.push(...page)
        after = page.at(-1)?.key ?? ''
        if (page.length < 1000) return records
      }
    },
    transfer: (to) => ask('POST', '/v1/leader/transfer', { to }),
  }
}
