import { afterAll, beforeAll, expect, setDefaultTimeout, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { connect as dial, type Socket } from 'node:net'
import { join } from 'node:path'
import { MemoryDatastore } from 'datastore-core'
import { asClusterId, sha256 } from '../../src/base/index.ts'
import type { Client } from '../../src/cli/client.ts'
import { found, throwAwayKeys } from '../../src/deploy/index.ts'
import { newCounters } from '../../src/mesh/counters.ts'
import { encodeFrames } from '../../src/mesh/frames.ts'
import { openGate } from '../../src/mesh/gate.ts'
import { encodeControl, type Hello } from '../../src/mesh/greeting.ts'
import { defaultLimits } from '../../src/mesh/index.ts'
import { identityKeyOf, startStack } from '../../src/mesh/stack.ts'
import { bzzz, runCluster, runNode, temporaryFolder, until } from '../support/program.ts'

setDefaultTimeout(60_000)

let cluster: Awaited<ReturnType<typeof runCluster>>
let atlas: Client
const folder = temporaryFolder()
beforeAll(async () => {
  cluster = await runCluster(3)
  atlas = cluster.clientOf('atlas')
}, 90_000)
afterAll(async () => {
  await cluster[Symbol.asyncDispose]()
  folder[Symbol.dispose]()
})

const portOf = (address: string | undefined): number => Number(address?.split('/')[4])
const nodeNamed = (name: string) => {
  const node = cluster.nodes.find((one) => one.name === name)
  if (node === undefined) throw new Error(`no node ${name}`)
  return node
}

/** One connection that sends what it likes; resolves when the other side ends it or the time is up. */
const send = (
  where: { port: number; host: string } | { path: string },
  bytes: readonly (Uint8Array | string)[],
  forMs: number,
): Promise<void> =>
  new Promise((resolve) => {
    const socket: Socket = dial(where)
    const over = () => {
      socket.destroy()
      resolve()
    }
    const timer = setTimeout(over, forMs)
    socket.on('error', over).on('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.on('connect', () => {
      for (const part of bytes) socket.write(part)
    })
    socket.resume()
  })

/** Version, length, a random, and then nothing: how a TLS client begins. */
const clientHello = Buffer.concat([Buffer.from('1603010200010001fc0303', 'hex'), randomBytes(500)])
const long = Buffer.alloc(4 * 2 ** 20, 'a')
const garbage: Readonly<Record<string, readonly (Uint8Array | string)[]>> = {
  'random bytes': [randomBytes(65_536)],
  'one endless line': [long, long],
  'an endless header': ['GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX: ', long],
  'a request of HTTP': ['GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n'],
  'a length that is a lie': [
    'PUT /v1/kv/a HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 99999999999\r\n\r\n1',
  ],
  'the beginning of TLS': [clientHello],
  'the beginning of the mesh': ['\x13/multistream/1.0.0\n\x07/noise\n', randomBytes(2_000)],
  nothing: [],
}

const residentBytes = (pid: number): number =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024

test('garbage on every port, 200 connections at once, changes nothing and costs bounded memory', async () => {
  const node = nodeNamed('atlas')
  const { addresses, page } = await atlas.identity()
  const places = [
    { host: '127.0.0.1', port: portOf(addresses[0]) },
    { host: '127.0.0.1', port: Number(new URL(page ?? '').port) },
    { path: join(cluster.folder, 'atlas', 'bzzz.sock') },
  ]
  const before = await atlas.view()
  const beforeBytes = process.platform === 'linux' ? residentBytes(node.pid()) : 0
  let written = 0
  let over = false
  const writing = (async () => {
    for (; !over; written += 1) await cluster.clientOf('nova').put(`under-attack/${written}`, written)
  })()
  const attacks = places.flatMap((place) => [
    ...Object.values(garbage).map((bytes) => send(place, bytes, 3_000)),
    ...Array.from({ length: 200 }, (_, n) => send(place, n % 3 === 0 ? [] : [randomBytes(3_000)], 3_000)),
  ])
  await Promise.all(attacks).finally(() => {
    over = true
  })
  await writing
  expect(written).toBeGreaterThan(5)
  expect(node.alive()).toBe(true)
  expect(await atlas.health()).toMatchObject({ live: true, ready: true })
  const after = await atlas.view()
  expect([after.leader?.name, after.leader?.term]).toEqual([before.leader?.name, before.leader?.term])
  expect(after.members.map(({ health }) => health)).toEqual(['healthy', 'healthy', 'healthy'])
  expect(process.platform === 'linux' ? residentBytes(node.pid()) - beforeBytes : 0).toBeLessThan(150 * 2 ** 20)
  expect((await fetch(`${page}readyz`)).status).toBe(200)
})

test('a node of another cluster at a member’s address is refused, named, and learns nothing', async () => {
  const vega = nodeNamed('vega')
  const { addresses, peer } = await vega.client.identity()
  await vega.kill()
  await using stranger = await runNode(join(folder.path, 'stranger'), { meshPort: portOf(addresses[0]) })
  await found(stranger.client, 'other', throwAwayKeys(), Date.now())
  await until('the stranger leads its own', async () => (await stranger.client.view()).leader)
  await until('atlas knows why it does not see vega', async () => {
    const sight = (await atlas.view()).members.find((member) => member.name === 'vega')
    return sight?.reason === 'another cluster'
  })
  const asked = await bzzz(['doctor', '--peer', 'vega', '--json', '--socket', join(cluster.folder, 'atlas', 'bzzz.sock')])
  expect(asked.code).toBe(1)
  const { findings } = JSON.parse(asked.out)
  expect(findings).toContainEqual(
    expect.objectContaining({ check: 'handshake', level: 'fail', message: expect.stringContaining('belongs to another cluster') }),
  )
  expect((await stranger.client.view()).members.map(({ name }) => name)).toEqual(['atlas'])
  expect((await stranger.client.metrics()).mesh?.refused.handshake).toBeGreaterThan(0)
  expect((await atlas.view()).members.some((member) => member.peer === peer && member.health !== 'healthy')).toBe(true)
  await stranger.end('SIGTERM')
  await vega.start()
  await until('vega is back', async () => (await atlas.view()).members.every(({ health }) => health === 'healthy'))
})

test('a member of another version is refused with the version named, and the others go on', async () => {
  const vega = nodeNamed('vega')
  const { addresses, clusterId } = await vega.client.identity()
  await vega.kill()
  const files = join(cluster.folder, 'vega')
  const identity = JSON.parse(readFileSync(join(files, 'identity.json'), 'utf8'))
  const { genesis } = JSON.parse(readFileSync(join(files, 'cluster.json'), 'utf8'))
  const members = (await atlas.view()).members.map((member) => member.peer)
  const gate = openGate(newCounters(), () => {})
  gate.setMembers(members)
  const id = asClusterId(clusterId ?? '')
  const stack = await startStack({
    identityKey: await identityKeyOf(new Uint8Array(Buffer.from(identity.node.private, 'base64url'))),
    clusterId: id,
    genesisHash: sha256(genesis),
    listen: [{ host: '127.0.0.1', port: portOf(addresses[0]) }],
    firstContacts: [],
    datastore: new MemoryDatastore(),
    dhtDatastore: new MemoryDatastore(),
    version: '99.0.0',
    gate,
    limits: defaultLimits,
    inbound: { pending: 0 },
    notice: { onInboundFailed: () => {}, onOwnIdentity: () => {} },
  })
  const hello = {
    kind: 'hello',
    protocol: 99,
    cluster: id,
    version: '99.0.0',
    boot: '00000000deadbeef',
    incarnation: 9,
    wallMs: Date.now(),
    addresses: [],
  } satisfies Hello
  await stack.handle(`/bzzz/${id}/link/1`, (stream) => void stream.send(encodeFrames([encodeControl(hello)])))
  try {
    await until('atlas knows why it does not see vega', async () => {
      const sight = (await atlas.view()).members.find((member) => member.name === 'vega')
      return sight?.reason === 'another version'
    })
    const { out } = await bzzz(['doctor', '--peer', 'vega', '--json', '--socket', join(cluster.folder, 'atlas', 'bzzz.sock')])
    expect(JSON.parse(out).findings).toContainEqual(
      expect.objectContaining({ check: 'version', level: 'fail', message: expect.stringContaining('99.0.0') }),
    )
    expect((await atlas.put('still', 1)).version).toBe(1)
  } finally {
    await stack.stop()
  }
  await vega.start()
  await until('vega is back', async () => (await atlas.view()).members.every(({ health }) => health === 'healthy'))
})
