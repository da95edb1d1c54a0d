import { afterAll, afterEach, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../src/base/index.ts'
import { type Client, connect } from '../../src/cli/index.ts'
import { serveSocket } from '../../src/web/index.ts'
import { twinService } from '../support/service.ts'

const folder = mkdtempSync(join(tmpdir(), 'bzzz-channel-'))
let made = 0
const freshPath = () => join(folder, `${made++}.sock`)
const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]()
})
afterAll(() => rmSync(folder, { recursive: true }))

/** A client that has just written, so that it goes on over a channel. */
const writing = async (timeoutMs?: number) => {
  const path = freshPath()
  const service = twinService()
  opened.push(await serveSocket(service, path))
  const client = connect(path, timeoutMs === undefined ? {} : { timeoutMs })
  await client.put('first', 0)
  return { path, service, client }
}

const codeOf = (work: Promise<unknown>): Promise<string> =>
  work.then(
    () => 'done',
    (error: unknown) => (error instanceof Fault ? error.code : String(error)),
  )

/** What answers on a socket of its own: requests by PUT, and a channel where one is given. */
const standIn = async (
  message?: (socket: Bun.ServerWebSocket<undefined>, text: string) => void,
): Promise<{ client: Client; asked: string[] }> => {
  const path = freshPath()
  const asked: string[] = []
  const answer = () => Response.json({ version: 1, index: 1 })
  const server = Bun.serve({
    unix: path,
    fetch: (request: Request, server: Bun.Server<undefined>) => {
      if (message !== undefined && server.upgrade(request, { data: undefined })) return undefined
      asked.push(request.method)
      return request.method === 'PUT' ? answer() : new Response('none', { status: 404 })
    },
    websocket: { message: (socket: Bun.ServerWebSocket<undefined>, text: string) => message?.(socket, text) },
  } as Bun.Serve.Options<undefined>)
  opened.push({ [Symbol.asyncDispose]: () => server.stop(true) })
  const client = connect(path)
  await client.put('first', 0)
  asked.length = 0
  return { client, asked }
}

test('writes asked for at once are all done, each with its own result', async () => {
  const { client, service } = await writing()
  const results = await Promise.all(Array.from({ length: 700 }, (_, n) => client.put(`k/${n % 100}`, n)))
  expect(results.map(({ version }) => version)).toEqual(results.map((_, n) => Math.floor(n / 100) + 1))
  expect((await service.get('k/7', true)).record?.value).toBe(607)
})

test('a write that is refused refuses no other of its message', async () => {
  const { client } = await writing()
  const outcomes = await Promise.all([
    codeOf(client.put('a', 1, 0)),
    codeOf(client.put('first', 1, 7)),
    codeOf(client.put('with\u0000control', 1)),
    codeOf(client.put('too-deep', JSON.parse('['.repeat(80) + ']'.repeat(80)))),
    codeOf(client.put('b', 'x'.repeat(300_000))),
    codeOf(client.put('c', 1)),
  ])
  expect(outcomes).toEqual(['done', 'conflict', 'bad-request', 'bad-request', 'too-large', 'done'])
})

test('large writes are spread over as many messages as they need', async () => {
  const { client, service } = await writing()
  const value = '🐝'.repeat(16_000)
  await Promise.all(Array.from({ length: 30 }, (_, n) => client.put(`large/${n}`, value)))
  expect((await service.get('large/29', true)).record?.value).toBe(value)
})

test('a write that was sent when the node ended is not sent again, one that was not is', async () => {
  let messages = 0
  const { client, asked } = await standIn((socket) => {
    messages += 1
    socket.terminate()
  })
  expect(await codeOf(client.put('a', 1))).toBe('not-reachable')
  expect([messages, asked]).toEqual([1, []])
})

test('a node that offers no channel is asked by requests', async () => {
  const { client, asked } = await standIn()
  expect(await Promise.all([client.put('a', 1), client.put('b', 2)])).toEqual([
    { version: 1, index: 1 },
    { version: 1, index: 1 },
  ])
  expect(asked.filter((method) => method === 'PUT')).toHaveLength(2)
})

test('a node that does not answer in time is a Fault, and later writes go on', async () => {
  const { client, service } = await writing(50)
  const release = service.hold()
  expect(await codeOf(client.put('a', 1))).toBe('timeout')
  release()
  expect(await codeOf(client.put('b', 1))).toBe('done')
})

test('a failure of the service reaches every write of the message', async () => {
  const { client, service } = await writing()
  service.fail(new Fault('no-leader', 'Nobody leads.'))
  expect(await Promise.all([codeOf(client.put('a', 1)), codeOf(client.put('b', 1))])).toEqual(['no-leader', 'no-leader'])
})

const raw = async (path: string): Promise<WebSocket> => {
  const socket = new WebSocket(`ws+unix://${path}:/v1/writes`)
  await new Promise((resolve) => {
    socket.onopen = resolve
  })
  return socket
}

const said = (socket: WebSocket): Promise<string> =>
  new Promise((resolve) => {
    socket.onmessage = ({ data }) => resolve(String(data))
    socket.onclose = ({ code }) => resolve(`closed ${code}`)
  })

test.each([
  ['no JSON', '{', 'bad-request'],
  ['no object', '[]', 'bad-request'],
  ['no puts', '{"id":1}', 'bad-request'],
  ['an empty list', '{"id":1,"puts":[]}', 'bad-request'],
  ['something beside them', '{"id":1,"puts":[{"key":"a","value":1}],"x":1}', 'bad-request'],
  ['a number that is none', '{"id":-1,"puts":[{"key":"a","value":1}]}', 'bad-request'],
  ['too many puts', JSON.stringify({ id: 1, puts: Array.from({ length: 513 }, () => ({ key: 'a', value: 1 })) }), 'bad-request'],
  ['more than a message holds', `"${'x'.repeat(1024 * 1024)}"`, 'closed 1009'],
])('%s is answered and changes nothing', async (_, text, answer) => {
  const { path, service } = await writing()
  const socket = await raw(path)
  const before = service.calls.length
  const heard = said(socket)
  socket.send(text)
  expect(await heard).toContain(answer)
  expect(service.calls).toHaveLength(before)
  socket.close()
})

test('bytes, and more unanswered messages than any client of ours sends, end the connection', async () => {
  const { path, service } = await writing()
  const first = await raw(path)
  const heard = said(first)
  first.send(new Uint8Array(8))
  expect(await heard).toBe('closed 1008')
  const release = service.hold()
  const second = await raw(path)
  const flooded = said(second)
  for (let id = 0; id < 65; id += 1) second.send(JSON.stringify({ id, puts: [{ key: 'a', value: 1 }] }))
  expect(await flooded).toBe('closed 1008')
  release()
})
