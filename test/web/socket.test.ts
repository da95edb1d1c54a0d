import { afterAll, afterEach, expect, test } from 'bun:test'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../src/base/index.ts'
import { connect } from '../../src/cli/index.ts'
import { serveSocket } from '../../src/web/index.ts'
import { type Twin, twinService } from '../support/service.ts'

const folder = mkdtempSync(join(tmpdir(), 'bzzz-socket-'))
let made = 0
const freshPath = () => join(folder, `${made++}.sock`)
const opened: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of opened.splice(0)) await one[Symbol.asyncDispose]()
})

afterAll(() => rmSync(folder, { recursive: true }))

const serve = async (path = freshPath(), service: Twin = twinService()) => {
  const socket = await serveSocket(service, path)
  opened.push(socket)
  return { path, service, socket, client: connect(path) }
}

const faultOf = async (work: Promise<unknown>): Promise<Fault> => {
  const error = await work.then(
    () => new Error('expected a Fault'),
    (cause: unknown) => cause,
  )
  if (error instanceof Fault) return error
  throw error
}

/** A socket file whose process is gone. */
const leaveDeadSocket = (path: string) => {
  const program = `Bun.listen({ unix: ${JSON.stringify(path)}, socket: { data() {} } }); process.kill(process.pid, 'SIGKILL')`
  Bun.spawnSync([process.execPath, '-e', program])
  expect(statSync(path).isSocket()).toBe(true)
}

test('only its owner can open the socket', async () => {
  const { path } = await serve()
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a socket left by a dead node is replaced', async () => {
  const path = freshPath()
  leaveDeadSocket(path)
  const { client } = await serve(path)
  expect((await client.identity()).name).toBe('nova')
})

test('a living node keeps its socket, and the second one is told', async () => {
  const { path, client } = await serve()
  const fault = await faultOf(serveSocket(twinService(), path))
  expect(fault.code).toBe('already-running')
  expect(fault.message).toContain(path)
  expect(fault.hint).toContain('--data')
  expect((await client.identity()).name).toBe('nova')
})

test.each(['a file', 'a folder'])('%s in its place is not touched', async (kind) => {
  const path = freshPath()
  if (kind === 'a file') writeFileSync(path, 'precious')
  else mkdirSync(path)
  expect((await faultOf(serveSocket(twinService(), path))).message).toContain('exists and is not a socket')
  expect(existsSync(path)).toBe(true)
})

test('a folder that is missing is named with the remedy', async () => {
  const fault = await faultOf(serveSocket(twinService(), join(folder, 'missing', 'x.sock')))
  expect(fault.code).toBe('bad-config')
  expect(fault.hint).toContain('socket:')
})

test('after the end the socket is gone, but not that of a successor', async () => {
  const first = await serve()
  await first.socket[Symbol.asyncDispose]()
  expect(existsSync(first.path)).toBe(false)
})

test('the client mirrors the service', async () => {
  const { client, service } = await serve()
  expect(await client.view()).toEqual(JSON.parse(JSON.stringify(service.view())))
  expect(await client.health()).toEqual(service.health())
  expect(await client.metrics()).toEqual(service.metrics())
  expect(await client.leader()).toMatchObject({ leader: { name: 'nova' } })
  expect(await client.put('a/b', { x: [1, null, '🐝'] })).toEqual({ version: 1, index: 1043 })
  expect((await client.get('a/b', true)).record?.value).toEqual({ x: [1, null, '🐝'] })
  expect((await client.get('none', false)).record).toBeNull()
  expect(
    await client.putMany([
      { key: 'm', value: 1 },
      { key: 'a/b', value: 1, expect: 0 },
    ]),
  ).toMatchObject([{ version: 1 }, { error: { code: 'conflict' } }])
  expect((await client.list('', false, undefined, 10)).records.map(({ key }) => key)).toEqual(['a/b', 'm'])
  expect((await client.list('', true, 'a/b')).records.map(({ key }) => key)).toEqual(['m'])
  expect((await client.delete('m', 1)).version).toBe(2)
  expect(await client.stateRoot()).toEqual(service.stateRoot())
  expect(await client.propose([{ kind: 'x' }])).toEqual([{ ok: true }])
  await client.create('{}')
  await client.join('{}', [{ peer: service.view().self.peer, addresses: ['/ip4/1.2.3.4/tcp/5'] }])
  expect(await client.transfer('vega')).toMatchObject({ tookMs: 312 })
  expect(await client.diagnosePeer('pi')).toHaveLength(2)
})

test('the client gives back the Fault of the service', async () => {
  const { client, service } = await serve()
  service.fail(new Fault('no-leader', 'Nobody leads.', { hint: 'Wait.' }))
  expect(await faultOf(client.put('a', 1))).toMatchObject({ code: 'no-leader', message: 'Nobody leads.', hint: 'Wait.' })
  service.fail(null)
  await client.put('a', 1)
  expect((await faultOf(client.put('a', 1, 0))).code).toBe('conflict')
})

test.each(['', '.', '..', '\ud800'])('key %j is refused before it is sent', async (key) => {
  const { client, service } = await serve()
  expect((await faultOf(client.put(key, 1))).code).toBe('bad-request')
  expect(service.calls).toEqual([])
})

test.each(['../x', './a', 'a/../b', 'a//b', '%2e%2e', '?x#y', 'a b+c', '..%2f', 'ключ'])('key %j arrives as it is', async (key) => {
  const { client } = await serve()
  await client.put(key, 1)
  expect((await client.get(key, false)).record?.key).toBe(key)
})

test('nobody there, a socket of a dead node, and something else are told apart', async () => {
  const missing = join(folder, 'missing', 'x.sock')
  const none = await faultOf(connect(missing).view())
  expect(none).toMatchObject({ code: 'not-reachable', message: `No node runs here: nothing answers at ${missing}.` })
  const dead = freshPath()
  leaveDeadSocket(dead)
  expect((await faultOf(connect(dead).view())).code).toBe('not-reachable')
  const other = freshPath()
  await using _ = Bun.serve({ unix: other, fetch: () => new Response('hello') })
  expect((await faultOf(connect(other).view())).message).toBe(`What answers at ${other} is not bzzz.`)
})

test('a write that was cut off says that its outcome is not known, and is not sent twice', async () => {
  const path = freshPath()
  let requests = 0
  const server = Bun.listen({
    unix: path,
    socket: {
      data: (socket) => {
        requests++
        socket.terminate()
      },
    },
  })
  const fault = await faultOf(connect(path).put('a', 1))
  expect(fault).toMatchObject({ code: 'not-reachable', message: 'The node ended before it answered; whether it took effect is not known.' })
  expect(requests).toBe(1)
  server.stop(true)
})

test('a node that does not answer in time is a Fault, not a hang', async () => {
  const { path, service } = await serve()
  const release = service.hold()
  expect(await faultOf(connect(path, { timeoutMs: 50 }).put('a', 1))).toMatchObject({
    code: 'timeout',
    message: expect.stringContaining('not known'),
  })
  release()
})

test('the live view reaches the client until it stops', async () => {
  const { client, service } = await serve()
  const stop = new AbortController()
  const seen: number[] = []
  for await (const view of client.watch(50, stop.signal)) {
    seen.push(view.writesPerSecond)
    if (seen.length === 1) service.show({ ...service.view(), writesPerSecond: 99 })
    else stop.abort()
  }
  expect(seen).toEqual([12.5, 99])
})

test('a socket of somebody else is forbidden, not missing', async () => {
  if (process.getuid?.() === 0) return
  const { path } = await serve()
  chmodSync(path, 0)
  expect((await faultOf(connect(path).view())).code).toBe('forbidden')
})
