import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import type { Stream } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import { MemoryDatastore } from 'datastore-core'
import { z } from 'zod'
import { asClusterId, sha256 } from '../../src/base/index.ts'
import { newCounters } from '../../src/mesh/counters.ts'
import { encodeFrames } from '../../src/mesh/frames.ts'
import { openGate } from '../../src/mesh/gate.ts'
import { encodeControl } from '../../src/mesh/greeting.ts'
import { defaultLimits, type Mesh } from '../../src/mesh/index.ts'
import { identityKeyOf, peerIdOf, startStack } from '../../src/mesh/stack.ts'
import { openNode } from '../mesh/node.ts'

const clusterId = asClusterId('testtesttesttesttesttesttesttest')

/** A member that keeps to no rule: a bare libp2p node with a member's key, greeted in and then free to send what it likes. */
const openVillain = async (victim: Mesh) => {
  const identityKey = await identityKeyOf(randomBytes(32))
  const self = await peerIdOf(identityKey)
  const gate = openGate(newCounters(), () => {})
  gate.setMembers([victim.self])
  const stack = await startStack({
    identityKey,
    clusterId,
    genesisHash: sha256('genesis of the test cluster'),
    listen: [],
    firstContacts: [],
    datastore: new MemoryDatastore(),
    dhtDatastore: new MemoryDatastore(),
    version: '0',
    gate,
    limits: defaultLimits,
    inbound: { pending: 0 },
    notice: { onInboundFailed: () => {}, onOwnIdentity: () => {} },
  })
  victim.setMembers([{ peer: self, addresses: [] }])
  const connection = await stack.dial(multiaddr(`${victim.listenAddresses()[0]}/p2p/${victim.self}`))
  const link = await connection.newStream(`/bzzz/${clusterId}/link/1`)
  const ready = new Promise((resolve) => link.addEventListener('message', resolve, { once: true }))
  link.send(
    encodeFrames([
      encodeControl({
        kind: 'hello',
        protocol: 1,
        cluster: clusterId,
        version: '0',
        boot: '00000000deadbeef',
        incarnation: 0,
        wallMs: 0,
        addresses: [],
      }),
    ]),
  )
  await ready
  return {
    self,
    connection,
    open: (protocol: string): Promise<Stream> => connection.newStream(`/bzzz/${clusterId}/${protocol}/1`),
    [Symbol.asyncDispose]: async () => void (await stack.stop()),
  }
}

const closed = (stream: Stream): Promise<unknown> =>
  stream.status === 'open' ? new Promise((resolve) => stream.addEventListener('close', resolve, { once: true })) : Promise.resolve()

test('a frame over the cap closes its stream before it is read, and no other', async () => {
  await using victim = await openNode()
  const heard: number[] = []
  victim.onFrame('small', (_, frame) => void heard.push(frame.byteLength), { frameBytesMax: 1_000 })
  const other = Promise.withResolvers<void>()
  victim.onFrame('other', () => other.resolve())
  await using villain = await openVillain(victim)
  const [small, fine] = [await villain.open('small'), await villain.open('other')]
  small.send(encodeFrames([new Uint8Array(1_000)]))
  small.send(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 1, 2, 3))
  await closed(small)
  fine.send(encodeFrames([new Uint8Array(1)]))
  await other.promise
  expect(heard).toEqual([1_000])
  expect(villain.connection.status).toBe('open')
  expect(victim.stats().streamsRefused).toBe(1)
})

test('frames nobody can read close the stream they came on, whatever they are', async () => {
  await using victim = await openNode()
  victim.handle('ask', z.string(), (_, body) => body)
  victim.onFrame('strict', () => {
    throw new Error('not for me')
  })
  await using villain = await openVillain(victim)
  for (const [protocol, frame] of [
    ['ask', randomBytes(100)],
    ['ask', Buffer.from('{"id":-1,"body":1}')],
    ['ask', Buffer.from('{"id":1}')],
    ['ask', Buffer.from('[]')],
    ['strict', randomBytes(10)],
  ] as const) {
    const stream = await villain.open(protocol)
    stream.send(encodeFrames([frame]))
    await closed(stream)
  }
  expect(victim.stats().streamsRefused).toBe(5)
  expect(villain.connection.status).toBe('open')
})

test('a flood is slowed to the rate of its peer, by making the sender wait', async () => {
  await using victim = await openNode()
  let heard = 0
  const count = (): void => {
    heard += 1
  }
  victim.onFrame('news', () => count(), { perPeerFramesPerSecondMax: 200 })
  await using villain = await openVillain(victim)
  const stream = await villain.open('news')
  const flood = encodeFrames(Array.from({ length: 20_000 }, () => new Uint8Array(10)))
  stream.send(flood)
  const begun = performance.now()
  await Bun.sleep(1_000)
  const seconds = (performance.now() - begun) / 1_000
  expect(heard).toBeGreaterThan(200)
  expect(heard).toBeLessThan(200 + 200 * (seconds + 1))
  expect(victim.stats().pauses).toBeGreaterThan(0)
})

test('several streams and a second connection give a peer no more than one', async () => {
  await using victim = await openNode()
  let heard = 0
  const count = (): void => {
    heard += 1
  }
  victim.onFrame('news', () => count(), { perPeerFramesPerSecondMax: 100 })
  await using villain = await openVillain(victim)
  const flood = encodeFrames(Array.from({ length: 1_000 }, () => new Uint8Array(10)))
  const streams = await Promise.all([1, 2, 3, 4].map(() => villain.open('news')))
  for (const stream of streams) stream.send(flood)
  // A fifth stream of one protocol is one too many.
  await villain.open('news').then(closed, () => {})
  await Bun.sleep(500)
  expect(heard).toBeLessThan(100 + 100 * 1.5)
})

test('a slow reader makes the sender wait and holds little: requests at work are counted, the rest stays on the other side', async () => {
  await using victim = await openNode()
  const release: (() => void)[] = []
  let most = 0
  let atWork = 0
  victim.handle(
    'slow',
    z.string(),
    async () => {
      atWork += 1
      most = Math.max(most, atWork)
      await new Promise<void>((resolve) => release.push(resolve))
      atWork -= 1
      return null
    },
    { perPeerInFlightMax: 4 },
  )
  await using villain = await openVillain(victim)
  const stream = await villain.open('slow')
  const body = 'x'.repeat(100_000)
  const before = process.memoryUsage().rss
  const text = (id: number) => Buffer.from(JSON.stringify({ id, body }))
  for (let id = 0; id < 300; id += 1) stream.send(encodeFrames([text(id)]))
  const deadline = Date.now() + 3_000
  while (release.length < 4 && Date.now() < deadline) await Bun.sleep(10)
  await Bun.sleep(200)
  expect(most).toBe(4)
  // 30 MB were written: a window of 1 MiB is on our side at most, the rest still waits with the sender (same process here).
  expect(stream.writeBufferLength).toBeGreaterThan(25_000_000)
  expect(process.memoryUsage().rss - before).toBeLessThan(300 * 2 ** 20)
  let answered = 0
  while (answered < 300 && Date.now() < deadline + 5_000) {
    const act = release.shift()
    if (act) {
      act()
      answered += 1
    } else await Bun.sleep(1)
  }
  expect(answered).toBe(300)
  expect(most).toBe(4)
})

test('a peer that asks and never reads its answers runs out of places, not the victim out of memory', async () => {
  await using victim = await openNode()
  let asked = 0
  victim.handle(
    'big',
    z.null(),
    () => {
      asked += 1
      return 'y'.repeat(500_000)
    },
    { perPeerInFlightMax: 8 },
  )
  await using villain = await openVillain(victim)
  const stream = await villain.open('big')
  stream.pause()
  stream.addEventListener('message', () => {})
  for (let id = 0; id < 500; id += 1) stream.send(encodeFrames([Buffer.from(JSON.stringify({ id, body: null }))]))
  await Bun.sleep(600)
  expect(asked).toBeLessThan(30)
})

test('control messages that break the rules close the connection of who sent them', async () => {
  await using victim = await openNode()
  await using villain = await openVillain(victim)
  // A second control stream is none.
  const second = await villain.open('link').catch(() => null)
  if (second) await closed(second)
  expect(villain.connection.status).toBe('open')
})
