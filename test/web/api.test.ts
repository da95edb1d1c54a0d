import { expect, test } from 'bun:test'
import { Fault, type Log, silentLog } from '../../src/base/index.ts'
import { createApi } from '../../src/web/index.ts'
import { noon, peers, twinService } from '../support/service.ts'

const open = (log: Log = silentLog) => {
  const service = twinService()
  const api = createApi(service, log)
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const text = body === undefined || typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body)
    const response = await api.request(path, { method, headers, ...(text === undefined ? {} : { body: text as string }) })
    const answer = await response.text()
    return { status: response.status, headers: response.headers, text: answer, body: answer === '' ? null : JSON.parse(answer) }
  }
  return { service, ask }
}

test('the view, the identity, the leader, the nodes, health, metrics and the root can be read', async () => {
  const { service, ask } = open()
  expect((await ask('GET', '/v1/view')).body).toEqual(JSON.parse(JSON.stringify(service.view())))
  expect((await ask('GET', '/v1/identity')).body).toMatchObject({ peer: peers.nova, name: 'nova', page: 'http://127.0.0.1:8080/' })
  expect((await ask('GET', '/v1/leader')).body).toMatchObject({
    leader: { name: 'nova', term: '3' },
    voters: { total: 3, answering: 2, needed: 2 },
  })
  expect((await ask('GET', '/v1/nodes')).body.map(({ name }: { name: string }) => name)).toEqual(['nova', 'vega', 'pi'])
  expect((await ask('GET', '/v1/health')).body).toEqual({ live: true, ready: true, because: [] })
  expect((await ask('GET', '/v1/metrics')).body.raft.role).toBe('leader')
  expect((await ask('GET', '/v1/root')).body).toMatchObject({ index: 1042 })
})

test('a record is written, read, overwritten, listed and deleted', async () => {
  const { ask } = open()
  expect(await ask('PUT', '/v1/kv/app%2Fa', { x: 1 })).toMatchObject({ status: 200, body: { version: 1, index: 1043 } })
  const found = await ask('GET', '/v1/kv/app%2Fa')
  expect(found.headers.get('etag')).toBe('"1"')
  expect(found.body.record).toEqual({ key: 'app/a', value: { x: 1 }, version: 1, stampMs: noon, author: peers.nova })
  expect(found.body.reading).toEqual({ strong: false, ageMs: 40, appliedIndex: 1043 })
  expect((await ask('PUT', '/v1/kv/app/a', 'null')).body.version).toBe(2)
  expect((await ask('GET', '/v1/kv/app/a?strong')).body).toMatchObject({ record: { value: null }, reading: { strong: true, ageMs: 0 } })
  await ask('PUT', '/v1/kv/app%2Fb', 'true')
  const list = async (query: string) => (await ask('GET', `/v1/kv?${query}`)).body.records.map(({ key }: { key: string }) => key)
  expect(await list('prefix=app/')).toEqual(['app/a', 'app/b'])
  expect(await list('prefix=app/&after=app/a')).toEqual(['app/b'])
  expect(await list('limit=1')).toEqual(['app/a'])
  expect((await ask('DELETE', '/v1/kv/app%2Fa')).body.version).toBe(3)
  const gone = await ask('GET', '/v1/kv/app%2Fa')
  expect(gone).toMatchObject({ status: 404, body: { error: { code: 'not-found' }, record: null, reading: { appliedIndex: 1046 } } })
})

test.each([
  ['?expect=0', {}],
  ['', { 'If-None-Match': '*' }],
  ['', { 'If-Match': '"0"' }],
  ['?expect=0', { 'If-Match': '0', 'If-None-Match': '*' }],
])('a write that must be the first tells the version of the one before (%s %j)', async (query, headers) => {
  const { ask } = open()
  expect((await ask('PUT', `/v1/kv/a${query}`, '1', headers)).status).toBe(200)
  expect(await ask('PUT', `/v1/kv/a${query}`, '2', headers)).toMatchObject({
    status: 409,
    body: { error: { code: 'conflict', message: 'a has version 1, not 0.', hint: expect.any(String), version: 1 } },
  })
})

test('many writes in one request have one result each', async () => {
  const { ask } = open()
  await ask('PUT', '/v1/kv/taken', '1')
  const puts = [
    { key: 'a', value: 1 },
    { key: 'taken', value: 2, expect: 0 },
    { key: 'b', value: null },
  ]
  const { status, body } = await ask('POST', '/v1/kv', puts)
  expect(status).toBe(200)
  expect(body.results).toMatchObject([{ version: 1 }, { error: { code: 'conflict' } }, { version: 1 }])
})

test('cluster acts reach the service as they were sent', async () => {
  const { service, ask } = open()
  expect((await ask('POST', '/v1/cluster/create', { genesis: '{"a":1}' })).body).toEqual({ done: true })
  const members = [{ peer: peers.vega, addresses: ['/ip4/10.0.0.6/tcp/8081'] }]
  expect((await ask('POST', '/v1/cluster/join', { genesis: '{"a":1}', members })).body).toEqual({ done: true })
  expect((await ask('POST', '/v1/propose', { commands: [{ kind: 'x' }] })).body).toEqual({ results: [{ ok: true }] })
  expect((await ask('POST', '/v1/leader/transfer', { to: 'vega' })).body).toEqual({ from: peers.nova, to: peers.vega, tookMs: 312 })
  expect((await ask('POST', '/v1/diagnose/pi')).body.findings).toHaveLength(2)
  expect(service.calls.map(({ act }) => act)).toEqual(['create', 'join', 'propose', 'transfer', 'diagnosePeer'])
  expect(service.calls[1]?.with).toEqual(['{"a":1}', members])
})

test.each([
  ['bad-request', 400],
  ['forbidden', 403],
  ['not-found', 404],
  ['already-a-member', 409],
  ['not-a-member', 409],
  ['too-large', 413],
  ['no-leader', 503],
  ['busy', 503],
  ['timeout', 504],
  ['never-heard-of', 500],
  ['__proto__', 500],
])('a Fault %s answers %d in the one error shape', async (code, status) => {
  const { service, ask } = open()
  service.fail(new Fault(code, 'It is so.', { hint: 'Do this.' }))
  const answer = await ask('PUT', '/v1/kv/a', '1')
  expect(answer).toMatchObject({ status, body: { error: { code, message: 'It is so.', hint: 'Do this.' } } })
  expect(answer.headers.get('retry-after')).toBe(status === 503 ? '1' : null)
})

test('a bug is logged and not shown', async () => {
  const logged: unknown[] = []
  const { service, ask } = open({ ...silentLog, error: (_, fields) => logged.push(fields) })
  service.fail(new TypeError('secret detail'))
  const { status, text } = await ask('PUT', '/v1/kv/a', '1')
  expect(status).toBe(500)
  expect(text).not.toContain('secret detail')
  expect(logged).toHaveLength(1)
})

const deep = (levels: number) => `${'['.repeat(levels)}${']'.repeat(levels)}`

test.each<[method: string, path: string, body: string | Uint8Array | undefined, status: number, says: string]>([
  ['PUT', '/v1/kv/a', '', 400, 'not JSON'],
  ['PUT', '/v1/kv/a', '{', 400, 'not JSON'],
  ['PUT', '/v1/kv/a', "{'a':1}", 400, 'not JSON'],
  ['PUT', '/v1/kv/a', 'undefined', 400, 'not JSON'],
  ['PUT', '/v1/kv/a', '1e999', 400, 'too large'],
  ['PUT', '/v1/kv/a', '"\\ud800"', 400, 'surrogate'],
  ['PUT', '/v1/kv/a', '{"\\udc00":1}', 400, 'surrogate'],
  ['PUT', '/v1/kv/a', '{"a":{"__proto__":{"admin":true}}}', 400, '__proto__'],
  ['PUT', '/v1/kv/a', deep(65), 400, 'deeper than 64'],
  ['PUT', '/v1/kv/a', deep(30_000), 400, 'deeper than 64'],
  ['PUT', '/v1/kv/a', new Uint8Array([0x22, 0xff, 0xfe, 0x22]), 400, 'UTF-8'],
  ['PUT', '/v1/kv/a', `"${'x'.repeat(65_536)}"`, 413, 'larger than 64 KiB'],
  ['PUT', '/v1/kv/%', '1', 400, 'percent-encoded'],
  ['PUT', '/v1/kv/%FF', '1', 400, 'percent-encoded'],
  ['PUT', '/v1/kv/a%00b', '1', 400, 'not a key'],
  ['PUT', '/v1/kv/a%0Ab', '1', 400, 'not a key'],
  ['PUT', `/v1/kv/${'k'.repeat(513)}`, '1', 400, 'not a key'],
  ['PUT', `/v1/kv/${'%F0%9F%90%9D'.repeat(129)}`, '1', 400, 'not a key'],
  ['PUT', '/v1/kv/a?expect=-1', '1', 400, '`expect`'],
  ['PUT', '/v1/kv/a?expect=1.5', '1', 400, '`expect`'],
  ['PUT', '/v1/kv/a?expect=NaN', '1', 400, '`expect`'],
  ['PUT', '/v1/kv/a?expect=99999999999999999999', '1', 400, '`expect`'],
  ['GET', '/v1/kv/a?strong=maybe', undefined, 400, 'strong'],
  ['GET', '/v1/kv?limit=1001', undefined, 400, '`limit`'],
  ['GET', '/v1/kv?limit=x', undefined, 400, '`limit`'],
  ['GET', '/v1/watch?everyMs=0', undefined, 400, 'everyMs'],
  ['GET', '/v1/watch?everyMs=1e9', undefined, 400, 'everyMs'],
  ['POST', '/v1/kv', '[]', 400, 'at least one'],
  ['POST', '/v1/kv', JSON.stringify(Array(513).fill({ key: 'a', value: 1 })), 400, 'at most 512'],
  ['POST', '/v1/kv', '[{"key":"a"}]', 400, 'needs a value'],
  ['POST', '/v1/kv', '[{"key":1,"value":1}]', 400, '`0.key`'],
  ['POST', '/v1/kv', '[{"key":"a","value":1,"expect":"0"}]', 400, '`0.expect`'],
  ['POST', '/v1/kv', '[{"key":"a","value":1,"more":1}]', 400, 'more'],
  ['POST', '/v1/kv', '{"0":{"key":"a","value":1},"length":1}', 400, 'list of puts'],
  ['POST', '/v1/kv', '[{"key":"a\\u0000","value":1}]', 400, 'not a key'],
  ['POST', '/v1/propose', '{}', 400, 'commands'],
  ['POST', '/v1/propose', '{"commands":[1]}', 400, 'expected a command'],
  ['POST', '/v1/propose', '{"commands":[[]]}', 400, 'expected a command'],
  ['POST', '/v1/propose', 'null', 400, 'not understood|expected'],
  ['POST', '/v1/propose', `{"commands":[{"a":"${'x'.repeat(1_100_000)}"}]}`, 413, 'larger than 1024 KiB'],
  ['POST', '/v1/leader/transfer', '{"to":""}', 400, '`to`'],
  ['POST', '/v1/leader/transfer', '{"to":{"toString":1}}', 400, '`to`'],
  ['POST', '/v1/leader/transfer', '{"to":"nobody"}', 404, 'No member is called nobody'],
  ['POST', '/v1/cluster/create', '{"genesis":1}', 400, '`genesis`'],
  ['POST', '/v1/cluster/join', '{"genesis":"{}","members":[{"peer":"../../etc","addresses":[]}]}', 400, '`members.0.peer`'],
  [
    'POST',
    '/v1/cluster/join',
    '{"genesis":"{}","members":[{"peer":"12D3KooWVegaVegaVegaVega","addresses":[1]}]}',
    400,
    '`members.0.addresses.0`',
  ],
  ['GET', '/v1/nothing', undefined, 404, 'nothing at this address'],
  ['POST', '/v1/view', '{}', 404, 'nothing at this address'],
  ['GET', '/v1/propose', undefined, 404, 'nothing at this address'],
  ['GET', '/etc/passwd', undefined, 404, 'nothing at this address'],
])('%s %.40s %.40j is answered %d', async (method, path, body, status, says) => {
  const { service, ask } = open()
  const answer = await ask(method, path, body)
  expect(answer.status).toBe(status)
  expect(answer.body.error.message).toMatch(new RegExp(says))
  expect(answer.body.error.hint).toBeString()
  expect(service.calls.filter(({ act }) => act !== 'transfer')).toEqual([])
  expect(({} as Record<string, unknown>).admin).toBeUndefined()
})

test('values at the limits pass', async () => {
  const { ask } = open()
  expect((await ask('PUT', '/v1/kv/a', `"${'x'.repeat(65_534)}"`)).status).toBe(200)
  expect((await ask('PUT', `/v1/kv/${'k'.repeat(512)}`, deep(64))).status).toBe(200)
  expect((await ask('PUT', '/v1/kv/constructor', '{"constructor":{"prototype":1}}')).status).toBe(200)
  expect((await ask('GET', '/v1/kv/constructor')).body.record.value).toEqual({ constructor: { prototype: 1 } })
  expect((await ask('PUT', `/v1/kv/${encodeURIComponent('ключ/🐝?#&=%')}`, '1')).status).toBe(200)
  expect((await ask('GET', `/v1/kv/${encodeURIComponent('ключ/🐝?#&=%')}`)).body.record.key).toBe('ключ/🐝?#&=%')
})

test('a body that claims to be short is still measured', async () => {
  const { ask } = open()
  expect((await ask('PUT', '/v1/kv/a', `"${'x'.repeat(70_000)}"`, { 'Content-Length': '10' })).status).toBe(413)
})

test('the live view is one JSON object a line, and watching ends with the reader', async () => {
  const service = twinService()
  const response = await createApi(service).request('/v1/watch')
  expect(response.headers.get('content-type')).toStartWith('application/x-ndjson')
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const next = async () => JSON.parse(new TextDecoder().decode((await reader.read()).value))
  expect((await next()).writesPerSecond).toBe(12.5)
  service.show({ ...service.view(), writesPerSecond: 99 })
  expect((await next()).writesPerSecond).toBe(99)
  await reader.cancel()
  service.show(service.view())
})

test('readers of the live view are counted, and one too many is told so', async () => {
  const service = twinService()
  const api = createApi(service)
  const open = await Promise.all(Array.from({ length: 64 }, () => api.request('/v1/watch')))
  expect((await api.request('/v1/watch')).status).toBe(503)
  await open[0]?.body?.cancel()
  expect((await api.request('/v1/watch')).status).toBe(200)
})
