import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseConfig } from '../../src/app/config-file.ts'
import { canonical, Fault, isFault } from '../../src/base/index.ts'
import { createApi, hostOf } from '../../src/web/index.ts'
import { parseJson } from '../../src/web/json.ts'
import { twinService } from '../support/service.ts'

/** The value, or the Fault; anything else that is thrown is a bug. */
const tried = <Value>(act: () => Value): Value | Fault => {
  try {
    return act()
  } catch (error) {
    if (isFault(error)) return error
    throw error
  }
}

test('whatever text comes, it is JSON that every member can carry, or a Fault', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json({ maxDepth: 10 }),
    fc.json().map((text) => text.slice(0, -1)),
    fc.json().map((text) => text.replaceAll('"', '"__proto__')),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const value = tried(() => parseJson(text))
      if (!(value instanceof Fault)) expect(canonical(parseJson(canonical(value)))).toBe(canonical(value))
    }),
  )
})

test('whatever Host comes, only a plain name or address is read from it', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.webUrl(),
        fc.ipV6(),
        fc.string().map((text) => `localhost${text}`),
      ),
      (header) => {
        const host = hostOf(header)
        if (host !== null) expect(host).toMatch(/^([a-z0-9]([a-z0-9._-]*[a-z0-9])?|[0-9a-f:.]+)$/)
      },
    ),
  )
})

test('whatever file is read, it is settings or a Fault that names it', () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc.string().map((text) => `web:\n  port: ${text}\n`),
    fc.string().map((text) => `${text}: 1`),
  )
  fc.assert(
    fc.property(texts, (text) => {
      const settings = tried(() => parseConfig(text, 'f.yaml'))
      if (settings instanceof Fault) expect(settings.message).toContain('f.yaml')
    }),
  )
})

test('whatever is asked, the answer is JSON with a status, never a bug', async () => {
  const service = twinService()
  const failures: unknown[] = []
  const log = { debug() {}, info() {}, warn() {}, error: (_: string, fields?: unknown) => failures.push(fields), child: () => log }
  const api = createApi(service, log)
  const paths = fc.oneof(
    fc.webPath().map((path) => `/v1${path}`),
    fc.string({ unit: 'binary' }).map((key) => `/v1/kv/${encodeURIComponent(key.toWellFormed())}`),
    fc.webQueryParameters().map((query) => `/v1/kv?${query}`),
    fc.constantFrom('/v1/propose', '/v1/kv', '/v1/leader/transfer', '/v1/cluster/create', '/v1/cluster/join', '/v1/diagnose/%00'),
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('GET', 'PUT', 'POST', 'DELETE', 'PATCH'),
      paths,
      fc.oneof(fc.json(), fc.string()),
      async (method, path, body) => {
        if (path.startsWith('/v1/watch')) return
        const response = await api.request(path, { method, ...(method === 'GET' ? {} : { body }) })
        const answer = await response.json()
        if (response.status >= 400) expect(answer).toMatchObject({ error: { code: expect.any(String), message: expect.any(String) } })
        expect(failures).toEqual([])
      },
    ),
    { numRuns: 300 },
  )
})
