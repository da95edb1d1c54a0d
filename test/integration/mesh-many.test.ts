import { expect, test } from 'bun:test'
import { connect, createServer, type Socket } from 'node:net'
import { introduce, openNode, sees, until } from '../mesh/node.ts'

test('eight nodes that start together all find each other', async () => {
  const nodes = await Promise.all(Array.from({ length: 8 }, () => openNode()))
  try {
    await introduce(...nodes)
    for (const node of nodes) expect(node.stats().peersConnected).toBe(7)
  } finally {
    for (const node of nodes) await node[Symbol.asyncDispose]()
  }
}, 20_000)

test('streams and requests come back by themselves after the connection broke', async () => {
  await using a = await openNode({ listen: [] })
  await using b = await openNode()
  const proxy = await openProxy(Number(b.listenAddresses()[0]?.split('/')[4]))
  let heard = Promise.withResolvers<void>()
  b.onFrame('news', () => heard.resolve())
  // Only a can dial, and only through the proxy.
  a.setMembers([{ peer: b.self, addresses: [proxy.address] }])
  b.setMembers([{ peer: a.self, addresses: [] }])
  for (let round = 0; round < 3; round += 1) {
    await until(a, 'a connection', () => sees(a, b))
    heard = Promise.withResolvers<void>()
    const again = setInterval(() => a.send(b.self, 'news', new Uint8Array(10)), 20)
    await heard.promise
    clearInterval(again)
    const broken = until(a, 'the break', () => !sees(a, b))
    proxy.cut()
    await broken
  }
  let lost = 0
  a.onLost(() => {
    lost += 1
  })
  await until(a, 'a connection', () => sees(a, b))
  expect(lost).toBe(0)
  proxy.close()
})

test('a first contact is dialled even when the member list has no address for it', async () => {
  await using a = await openNode()
  const contact = `${a.listenAddresses()[0]}/p2p/${a.self}`
  await using b = await openNode({ firstContacts: [contact] })
  b.setMembers([{ peer: a.self, addresses: [] }])
  a.setMembers([{ peer: b.self, addresses: [] }])
  await until(b, 'a connection', () => sees(b, a))
  expect(b.factsOf(a.self).addresses).toEqual(a.listenAddresses())
})

test('an address that leads nowhere is passed over for one that answers, which is tried first from then on', async () => {
  await using a = await openNode({ limits: { connectMs: 300 } })
  await using b = await openNode()
  const good = b.listenAddresses()[0] ?? ''
  a.setMembers([{ peer: b.self, addresses: ['/ip4/10.255.255.1/tcp/9', '/ip4/127.0.0.1/tcp/1', good] }])
  b.setMembers([{ peer: a.self, addresses: [] }])
  await until(a, 'a connection', () => sees(a, b))
  expect(a.sights()[0]?.address).toBe(good)
  expect(a.factsOf(b.self).addresses[0]).toBe(good)
})

test('a clock that is far off is seen and named', async () => {
  await using a = await openNode({ limits: { presenceEveryMs: 50 } })
  const { systemClock } = await import('../../src/base/index.ts')
  await using b = await openNode({
    clock: { ...systemClock, wallMs: () => Date.now() + 90_000 },
    version: '0.0.2',
    limits: { presenceEveryMs: 50 },
  })
  await introduce(a, b)
  const deadline = Date.now() + 3_000
  while ((a.factsOf(b.self).skewMs === null || b.factsOf(a.self).skewMs === null) && Date.now() < deadline) await Bun.sleep(20)
  expect(a.factsOf(b.self).skewMs).toBeGreaterThan(89_000)
  expect(b.factsOf(a.self).skewMs).toBeLessThan(-89_000)
  const findings = await a.diagnose(b.self)
  expect(findings.filter(({ level }) => level === 'warn').map(({ check }) => check)).toEqual(['version', 'clock'])
  expect(findings.find(({ check }) => check === 'clock')?.message).toBe('Its clock is 90.0 s ahead of this one.')
})

/** A member that others dial through a pipe which can be cut while the process behind it lives. */
const openProxy = async (port: number): Promise<{ address: string; cut(): void; close(): void }> => {
  const sockets = new Set<Socket>()
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(from)
      from.on('error', () => {})
      from.on('data', (data) => void to.write(data))
      from.on('close', () => to.destroy())
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
    sockets.clear()
  }
  return {
    address: `/ip4/127.0.0.1/tcp/${typeof address === 'object' && address ? address.port : 0}`,
    cut,
    close: () => {
      cut()
      server.close()
    },
  }
}
