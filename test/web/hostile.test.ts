import { afterAll, beforeAll, expect, test } from 'bun:test'
import { connect as dial } from 'node:net'
import { serveWeb } from '../../src/web/index.ts'
import { type Twin, twinService } from '../support/service.ts'

let service: Twin
let web: Awaited<ReturnType<typeof serveWeb>>
let port: number
beforeAll(async () => {
  service = twinService()
  web = await serveWeb(service, { host: '127.0.0.1', port: 0, names: ['nova.test'] })
  port = web.port ?? 0
})
afterAll(async () => web[Symbol.asyncDispose]())

/** Sends bytes as they are and gives back everything that comes until the other side closes or has answered. */
const raw = (bytes: string | Uint8Array, enough = /\r\n\r\n/): Promise<string> => {
  const { promise, resolve } = Promise.withResolvers<string>()
  let heard = ''
  const socket = dial(port, '127.0.0.1', () => socket.write(bytes))
  socket.on('data', (chunk) => {
    heard += chunk.toString('latin1')
    if (enough.test(heard)) socket.destroy()
  })
  socket.on('error', () => {})
  socket.on('close', () => resolve(heard))
  return promise
}
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0)
const still = async () => expect(await (await fetch(`${web.url}healthz`)).text()).toBe('live\n')

test.each([
  ['DNS rebinding', 'GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n', [421]],
  ['a rebound name with our port', 'GET /metrics HTTP/1.1\r\nHost: evil.example:8080\r\n\r\n', [421]],
  ['no Host', 'GET /healthz HTTP/1.1\r\n\r\n', [400]],
  ['no Host in the old protocol', 'GET /healthz HTTP/1.0\r\n\r\n', [421]],
  ['an empty Host', 'GET /healthz HTTP/1.1\r\nHost:\r\n\r\n', [400, 421]],
  ['two Hosts, ours first', 'GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n', [400, 421]],
  ['two Hosts, ours last', 'GET /healthz HTTP/1.1\r\nHost: evil.example\r\nHost: localhost\r\n\r\n', [400, 421]],
  ['a Host with a user', 'GET /healthz HTTP/1.1\r\nHost: localhost@evil.example\r\n\r\n', [421]],
  ['a Host that is an address', 'GET /healthz HTTP/1.1\r\nHost: localhost/../evil\r\n\r\n', [421]],
  ['absolute form with a foreign Host', 'GET http://localhost/healthz HTTP/1.1\r\nHost: evil.example\r\n\r\n', [421]],
  ['a proxy request', 'CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n', [400, 405, 421]],
  ['a star', 'OPTIONS * HTTP/1.1\r\nHost: localhost\r\n\r\n', [400, 405]],
  [
    'an upgrade',
    'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: eA==\r\nSec-WebSocket-Version: 13\r\n\r\n',
    [404],
  ],
  ['path traversal', 'GET /../../../../etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n', [404]],
  ['encoded traversal', 'GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n', [404]],
  ['doubly encoded traversal', 'GET /assets/..%252f..%252fetc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n', [404]],
  ['backslashes', 'GET /assets\\..\\..\\etc\\passwd HTTP/1.1\r\nHost: localhost\r\n\r\n', [400, 404]],
  ['a zero byte', 'GET /%00 HTTP/1.1\r\nHost: localhost\r\n\r\n', [400, 404]],
  ['broken percent encoding', 'GET /%zz%E0%A4%A HTTP/1.1\r\nHost: localhost\r\n\r\n', [400, 404]],
  ['a huge header', `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${'x'.repeat(1_000_000)}\r\n\r\n`, [431]],
  ['a huge address', `GET /${'x'.repeat(1_000_000)} HTTP/1.1\r\nHost: localhost\r\n\r\n`, [400, 414, 431]],
  ['many headers', `GET / HTTP/1.1\r\nHost: localhost\r\n${'X: 1\r\n'.repeat(10_000)}\r\n`, [431]],
  ['a huge promised body', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n', [413]],
  ['a huge chunk', 'POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n', [400, 403, 413]],
  ['two lengths', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', [400]],
  ['length and chunks', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', [400]],
  ['a negative length', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n', [400]],
  ['TLS on the plain port', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n', [400]],
  ['a mutation without an origin', 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n', [403]],
  [
    'a mutation from elsewhere',
    'POST / HTTP/1.1\r\nHost: localhost\r\nOrigin: http://evil.example\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
    [403],
  ],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHost: localhost\r\nCookie: secret\r\n\r\n', [405]],
])('%s is refused', async (_, bytes, statuses) => {
  const answer = await raw(bytes)
  expect(statuses).toContain(statusOf(answer))
  expect(answer).not.toContain('root:')
  expect(answer).not.toContain('Cookie: secret')
  await still()
})

test('the names of this node are answered', async () => {
  for (const host of ['localhost', '127.0.0.1', `127.0.0.1:${port}`, 'localhost:9999', '[::1]', 'nova.test']) {
    expect([host, statusOf(await raw(`GET /healthz HTTP/1.1\r\nHost: ${host}\r\n\r\n`))]).toEqual([host, 200])
  }
})

test('a body that never ends is cut at its limit', async () => {
  const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`
  const answer = await raw(
    `POST / HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: http://127.0.0.1:${port}\r\nTransfer-Encoding: chunked\r\n\r\n${chunk.repeat(40)}`,
  )
  expect([404, 413]).toContain(statusOf(answer))
  await still()
})

test('a second request hidden in the body of the first is not answered for another Host', async () => {
  const inner = 'GET /metrics HTTP/1.1\r\nHost: evil.example\r\n\r\n'
  const answer = await raw(`GET /healthz HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${inner.length}\r\n\r\n${inner}`, /live\n/)
  expect(answer.match(/HTTP\/1\.1/g)).toHaveLength(1)
  const pipelined = await raw(`GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n${inner}`, /421[\s\S]*\r\n\r\n/)
  expect(pipelined).toContain('HTTP/1.1 421')
  expect(pipelined).not.toContain('bzzz_raft_term')
})

test('1,000 bad requests at once change nothing and are all answered', async () => {
  const bad = ['/%zz', '/metrics?x=%00', '/../..', '/readyz/%2e', `/${'y'.repeat(2_000)}`]
  const statuses = await Promise.all(
    Array.from({ length: 1_000 }, async (_, i) => {
      const response = await fetch(`${web.url}${(bad[i % bad.length] ?? '').slice(1)}`, {
        method: i % 2 ? 'POST' : 'GET',
        headers: i % 3 ? {} : { host: 'evil.example' },
        ...(i % 2 ? { body: '{"a":' } : {}),
      })
      await response.arrayBuffer()
      return response.status
    }),
  )
  expect(statuses.filter((status) => status < 400 && status !== 200)).toEqual([])
  expect(statuses.filter((status) => status >= 500 && status !== 503)).toEqual([])
  expect(service.calls).toEqual([])
  await still()
})

test('a taken port is named, with who holds it and the remedy', async () => {
  const asked: number[] = []
  const whoHolds = async (taken: number) => {
    asked.push(taken)
    return 'nginx (process 812)'
  }
  const failure = await serveWeb(service, { host: '127.0.0.1', port, whoHolds }).catch((error: unknown) => error)
  expect(failure).toMatchObject({
    code: 'port-taken',
    message: `Port ${port} on 127.0.0.1 is taken: nginx (process 812) listens there.`,
    hint: expect.stringContaining('`web.port`'),
  })
  expect(asked).toEqual([port])
  const unknown = await serveWeb(service, { host: '127.0.0.1', port, whoHolds: () => Promise.reject(new Error('x')) }).catch(
    (error: unknown) => error,
  )
  expect(unknown).toMatchObject({ message: `Port ${port} on 127.0.0.1 is taken: another program listens there.` })
})
