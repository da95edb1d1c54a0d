import { expect, test } from 'bun:test'
import { z } from 'zod'
import { Fault, sha256 } from '../../src/base/index.ts'
import type { Mesh } from '../../src/mesh/index.ts'
import { introduce, openNode } from '../mesh/node.ts'

/** Collects frames until `bytes` have come. */
const collect = (mesh: Mesh, protocol: string, bytes: number): Promise<Uint8Array> => {
  const { promise, resolve } = Promise.withResolvers<Uint8Array>()
  const parts: Uint8Array[] = []
  let size = 0
  mesh.onFrame(protocol, (_, frame) => {
    parts.push(frame)
    size += frame.byteLength
    if (size >= bytes) resolve(Buffer.concat(parts))
  })
  return promise
}

const random = (bytes: number): Uint8Array => {
  const data = new Uint8Array(bytes)
  for (let at = 0; at < bytes; at += 65_536) crypto.getRandomValues(data.subarray(at, at + 65_536))
  return data
}

const chunks = (data: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(data.byteLength / size) }, (_, index) => data.subarray(index * size, (index + 1) * size))

test('64 KiB and 5 MB arrive whole and in order, in both directions at once', async () => {
  await using a = await openNode()
  await using b = await openNode()
  await introduce(a, b)
  for (const size of [65_536, 5_000_000]) {
    const [toB, toA] = [random(size), random(size)]
    const protocol = `bulk-${size}`
    const arrived = Promise.all([collect(b, protocol, size), collect(a, protocol, size)])
    for (const chunk of chunks(toB, 500_000)) expect(a.send(b.self, protocol, chunk)).toBe(true)
    for (const chunk of chunks(toA, 500_000)) expect(b.send(a.self, protocol, chunk)).toBe(true)
    const [atB, atA] = await arrived
    expect([sha256(atB), sha256(atA)]).toEqual([sha256(toB), sha256(toA)])
  }
})

test('requests are answered concurrently, each with its own answer or fault', async () => {
  await using a = await openNode()
  await using b = await openNode()
  const release = Promise.withResolvers<void>()
  b.handle('sum', z.object({ left: z.number(), right: z.number() }).strict(), async (from, { left, right }) => {
    if (left === 0) await release.promise
    if (right === 13) throw new Fault('unlucky', 'Not thirteen.', { hint: 'Take another.' })
    if (right === 99) throw new Error('a bug with details nobody else may see')
    return { sum: left + right, from }
  })
  await introduce(a, b)
  const ask = (left: number, right: number) => a.request(b.self, 'sum', { left, right }, { deadlineMs: 2_000 })
  const slow = ask(0, 1)
  expect(await ask(1, 2)).toEqual({ sum: 3, from: a.self })
  release.resolve()
  expect(await slow).toEqual({ sum: 1, from: a.self })
  expect(await ask(1, 13).catch((fault: Fault) => [fault.code, fault.hint])).toEqual(['unlucky', 'Take another.'])
  expect(await ask(1, 99).catch((fault: Fault) => fault.message)).not.toContain('details')
  expect(await a.request(b.self, 'sum', { left: 'x' }, { deadlineMs: 2_000 }).catch((fault: Fault) => fault.code)).toBe('bad-request')
})

test('an answer that does not come in time is a timeout, and an abort is immediate', async () => {
  await using a = await openNode()
  await using b = await openNode()
  b.handle('never', z.null(), () => new Promise(() => {}))
  await introduce(a, b)
  const begun = performance.now()
  expect(await a.request(b.self, 'never', null, { deadlineMs: 80 }).catch((fault: Fault) => fault.code)).toBe('timeout')
  expect(performance.now() - begun).toBeGreaterThanOrEqual(75)
  const abort = new AbortController()
  const asked = a.request(b.self, 'never', null, { deadlineMs: 5_000, signal: abort.signal }).catch((fault: Fault) => fault.code)
  abort.abort()
  expect(await asked).toBe('aborted')
})

test('a request to nobody, to a stranger, or for a protocol nobody serves fails by name', async () => {
  await using a = await openNode()
  await using b = await openNode()
  const ask = () => a.request(b.self, 'unserved', null, { deadlineMs: 2_000 }).catch((fault: Fault) => fault.code)
  expect(await ask()).toBe('not-connected')
  await introduce(a, b)
  expect(await ask()).toBe('peer-lost')
  expect(() => a.send(b.self, '../../etc', new Uint8Array(1))).toThrow('not a protocol name')
  expect(() => a.send(b.self, 'bulk', new Uint8Array(2 ** 20 + 1))).toThrow('over the limit')
})

test('hints reach everybody else, signed by their author, and large ones are refused', async () => {
  await using a = await openNode()
  await using b = await openNode()
  await using c = await openNode()
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const heardBy = new Set<string>()
  const hear = (name: string) => (from: string, hint: unknown) => {
    heardBy.add(name)
    expect([from, hint]).toEqual([a.self, { version: 17 }])
    if (heardBy.size === 2) resolve(null)
  }
  b.onGossip('settings', hear('b'))
  c.onGossip('settings', hear('c'))
  await introduce(a, b, c)
  // Who listens to what travels after the connection; a hint before that is lost, as hints may be.
  const again = setInterval(() => void a.gossip('settings', { version: 17 }), 50)
  await promise
  clearInterval(again)
  expect(a.gossip('settings', 'x'.repeat(5_000))).rejects.toThrow('over the limit')
})

test('round trips are measured, and every node can show the whole matrix', async () => {
  await using a = await openNode({ limits: { presenceEveryMs: 40, digestEveryMs: 80 } })
  await using b = await openNode({ limits: { presenceEveryMs: 40, digestEveryMs: 80 } })
  await using c = await openNode({ limits: { presenceEveryMs: 40, digestEveryMs: 80 } })
  await introduce(a, b, c)
  const deadline = Date.now() + 5_000
  while (a.matrix().length < 6 && Date.now() < deadline) await Bun.sleep(20)
  expect(new Set(a.matrix().map(({ from, to }) => `${from}>${to}`)).size).toBe(6)
  expect(a.roundTrips().get(b.self)?.medianMs).toBeLessThan(100)
  expect(Math.abs(a.factsOf(b.self).skewMs ?? 9_999)).toBeLessThan(200)
  expect(a.sights().every(({ health }) => health === 'healthy')).toBe(true)
})

test('two nodes that dial each other at once end with one connection, and frames pass over it', async () => {
  let both = 0
  for (let round = 0; round < 8; round += 1) {
    await using a = await openNode({ limits: { dialYieldMs: 0 } })
    await using b = await openNode({ limits: { dialYieldMs: 0 } })
    await introduce(a, b)
    const deadline = Date.now() + 3_000
    while ((a.stats().connections !== 1 || b.stats().connections !== 1) && Date.now() < deadline) await Bun.sleep(10)
    expect([a.stats().connections, b.stats().connections]).toEqual([1, 1])
    if (a.stats().connectionsOpened === 2) both += 1
    const heard = Promise.withResolvers<void>()
    b.onFrame('news', () => heard.resolve())
    const again = setInterval(() => a.send(b.self, 'news', new Uint8Array(1)), 20)
    await heard.promise
    clearInterval(again)
  }
  // Otherwise this test shows nothing.
  expect(both).toBeGreaterThan(0)
}, 20_000)
