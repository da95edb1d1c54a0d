import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import { connect, createServer, type Socket } from 'node:net'
import { asClusterId, sha256 } from '../../src/base/index.ts'
import type { Stranger } from '../../src/mesh/gate.ts'
import type { Mesh } from '../../src/mesh/index.ts'
import { introduce, memberOf, openNode, sees, until } from '../mesh/node.ts'

const strangerAt = (mesh: Mesh): Promise<Stranger> => new Promise((resolve) => void mesh.onStranger(resolve))
const reasonAt = (mesh: Mesh, other: Mesh): string | null => mesh.sights().find(({ peer }) => peer === other.self)?.reason ?? null
const portOf = (mesh: Mesh): number => Number(mesh.listenAddresses()[0]?.split('/')[4])

/** The reason changes without a sight changing: looked up until it is there. */
const reason = async (mesh: Mesh, other: Mesh, wanted: string): Promise<string | null> => {
  const deadline = Date.now() + 5_000
  while (reasonAt(mesh, other) !== wanted && Date.now() < deadline) await Bun.sleep(10)
  return reasonAt(mesh, other)
}

test('a stranger who knows everything but is no member is turned away, counted and reported', async () => {
  await using a = await openNode()
  await using stranger = await openNode()
  const met = strangerAt(a)
  stranger.setMembers([memberOf(a)])
  expect(await met).toMatchObject({ peer: stranger.self, because: 'not a member' })
  expect(a.stats().strangersRefused).toBeGreaterThan(0)
  expect(sees(a, stranger)).toBe(false)
  expect(await reason(stranger, a, 'it does not admit this node')).toBe('it does not admit this node')
})

test('a node of another cluster fails the handshake, and both sides name it', async () => {
  await using a = await openNode()
  await using other = await openNode({ genesisHash: sha256('another genesis') })
  const met = strangerAt(a)
  a.setMembers([memberOf(other)])
  other.setMembers([memberOf(a)])
  expect(await reason(other, a, 'another cluster')).toBe('another cluster')
  expect(await met).toMatchObject({ peer: null, because: 'handshake failed' })
  const findings = await other.diagnose(a.self)
  expect(findings.find(({ check }) => check === 'handshake')).toMatchObject({ level: 'fail' })
  expect(findings.find(({ check }) => check === 'handshake')?.message).toContain('another cluster')
  expect(sees(other, a)).toBe(false)
})

test('somebody else at the address of a member is named as such', async () => {
  await using a = await openNode()
  await using b = await openNode()
  await using c = await openNode()
  a.setMembers([{ peer: b.self, addresses: c.listenAddresses() }])
  expect(await reason(a, b, 'another identity')).toBe('another identity')
  const findings = await a.diagnose(b.self)
  expect(findings.map(({ message }) => message).join(' ')).toContain('Somebody else answers')
})

test('a program that is not bzzz, a closed port and an unknown peer are each told apart', async () => {
  await using a = await openNode()
  await using b = await openNode()
  const sockets: Socket[] = []
  const web = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')
  })
  await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve))
  const address = web.address()
  const port = typeof address === 'object' && address ? address.port : 0
  a.setMembers([{ peer: b.self, addresses: [`/ip4/127.0.0.1/tcp/${port}`] }])
  expect(await reason(a, b, 'not bzzz')).toBe('not bzzz')
  web.close()
  for (const socket of sockets) socket.destroy()
  expect(await reason(a, b, 'refused')).toBe('refused')
  expect((await a.diagnose(b.self)).find(({ check }) => check === 'port')?.message).toContain('refuses')
  const unknown = await openNode()
  expect((await a.diagnose(unknown.self))[0]).toMatchObject({ check: 'member', level: 'fail' })
  await unknown[Symbol.asyncDispose]()
})

test('removal closes the connection at once and keeps it closed; being admitted again opens it', async () => {
  await using a = await openNode()
  await using b = await openNode()
  await introduce(a, b)
  const gone = until(b, 'the end of the connection', () => !sees(b, a))
  a.setMembers([])
  await gone
  expect(a.sights()).toEqual([])
  expect(a.send(b.self, 'any', new Uint8Array(1))).toBe(false)
  await reason(b, a, 'it does not admit this node')
  expect(sees(b, a)).toBe(false)
  a.setMembers([memberOf(b)])
  await until(b, 'a new connection', () => sees(b, a))
})

test('another version of the link protocol or cluster id under the same genesis is refused in words', async () => {
  await using a = await openNode()
  await using b = await openNode({ clusterId: asClusterId('another') })
  a.setMembers([memberOf(b)])
  b.setMembers([memberOf(a)])
  const deadline = Date.now() + 4_000
  while (reasonAt(a, b) === null && Date.now() < deadline) await Bun.sleep(20)
  expect(sees(a, b)).toBe(false)
  expect(reasonAt(a, b)).not.toBeNull()
})

test('garbage, silence and floods on the port end in counted refusals and disturb nobody', async () => {
  await using a = await openNode({ limits: { handshakeMs: 400 } })
  await using b = await openNode()
  await introduce(a, b)
  const say = (bytes: Uint8Array | null): Promise<void> =>
    new Promise((resolve) => {
      const socket = connect(portOf(a), '127.0.0.1')
      socket.on('error', () => {})
      socket.on('close', () => resolve())
      socket.on('connect', () => bytes && socket.write(bytes))
    })
  const corpus = [
    null,
    Buffer.from('GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
    Buffer.from('SSH-2.0-OpenSSH_9.2\r\n'),
    Buffer.from('\x13/multistream/1.0.0\n\x07/noise\n'),
    Buffer.concat([Buffer.from('\x13/multistream/1.0.0\n\x07/noise\n'), Buffer.from([0xff, 0xff]), randomBytes(70_000)]),
    Buffer.concat([Buffer.from('\x13/multistream/1.0.0\n\x07/noise\n'), Buffer.from([0, 32]), randomBytes(32), randomBytes(500)]),
    Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]),
    new Uint8Array(1_000_000),
    Buffer.alloc(100_000, 0xff),
    ...Array.from({ length: 20 }, () => randomBytes(1 + Math.floor(Math.random() * 2_000))),
  ]
  await Promise.all(corpus.map(say))
  expect(a.stats().handshakesFailed).toBeGreaterThan(0)
  expect(sees(a, b)).toBe(true)
  expect(sees(b, a)).toBe(true)
})

test('a port that is taken is said in a sentence', async () => {
  await using a = await openNode()
  expect(openNode({ listen: [{ host: '127.0.0.1', port: portOf(a) }] })).rejects.toMatchObject({ code: 'port-in-use' })
})
