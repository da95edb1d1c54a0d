import { expect, test } from 'bun:test'
import { randomBytes } from 'node:crypto'
import type { PeerId } from '../../src/base/index.ts'
import type { Mesh } from '../../src/mesh/index.ts'
import { memberOf, openNode, spawnNode, until } from '../mesh/node.ts'

const seed = (): string => randomBytes(32).toString('hex')
const connectedTo = (mesh: Mesh, peer: PeerId) => (): boolean => mesh.sights().some((sight) => sight.peer === peer && sight.connected)
const healthOf = (mesh: Mesh, peer: PeerId) => mesh.sights().find((sight) => sight.peer === peer)?.health
const lostAt = (mesh: Mesh): Promise<PeerId> => new Promise((resolve) => void mesh.onLost(resolve))

test('a killed process is lost within milliseconds, and found again soon after it restarts', async () => {
  await using a = await openNode()
  const key = seed()
  const first = await spawnNode({ seed: key })
  const { peer, addresses } = first.member
  a.setMembers([first.member])
  first.setMembers([memberOf(a)])
  await until(a, 'a connection', connectedTo(a, peer))
  const took: number[] = []
  let running = first
  for (const incarnation of [2, 3, 4]) {
    const lost = lostAt(a)
    const killedMs = performance.now()
    running.signal('SIGKILL')
    expect(await lost).toBe(peer)
    took.push(performance.now() - killedMs)
    expect(healthOf(a, peer)).toBe('suspected')
    await running.exited
    await Bun.sleep(300)
    running = await spawnNode({ seed: key, port: Number(addresses[0]?.split('/')[4]), incarnation })
    const listeningMs = performance.now()
    running.setMembers([memberOf(a)])
    await until(a, 'the restarted process', connectedTo(a, peer))
    expect(performance.now() - listeningMs).toBeLessThan(1_500)
    expect(a.factsOf(peer).incarnation).toBe(incarnation)
  }
  // On a quiet machine 5 ms; this one may be busy.
  expect(Math.min(...took)).toBeLessThan(100)
  await running[Symbol.asyncDispose]()
}, 20_000)

test('a process that restarts faster than anybody looks is still reported as lost once', async () => {
  await using a = await openNode()
  const key = seed()
  const first = await spawnNode({ seed: key })
  const { peer } = first.member
  a.setMembers([first.member])
  first.setMembers([memberOf(a)])
  await until(a, 'a connection', connectedTo(a, peer))
  const lost: PeerId[] = []
  a.onLost((id) => void lost.push(id))
  first.signal('SIGKILL')
  await using second = await spawnNode({ seed: key, port: Number(first.member.addresses[0]?.split('/')[4]), incarnation: 2 })
  second.setMembers([memberOf(a)])
  await until(a, 'the restarted process', () => connectedTo(a, peer)() && a.factsOf(peer).incarnation === 2)
  expect(lost).toEqual([peer])
}, 10_000)

test('a stopped process is suspected, never lost, and healthy again when it goes on', async () => {
  await using a = await openNode({ limits: { presenceEveryMs: 100, silenceMs: 700 } })
  await using b = await openNode({ limits: { presenceEveryMs: 100, silenceMs: 700 } })
  await using other = await spawnNode({ seed: seed() })
  const { peer } = other.member
  const members = [memberOf(a), memberOf(b), other.member]
  for (const node of [a, b]) node.setMembers(members)
  other.setMembers(members)
  for (const node of [a, b]) {
    node.setLeader(a.self)
    await until(node, 'a connection', connectedTo(node, peer))
  }
  let lost = 0
  a.onLost(() => {
    lost += 1
  })
  other.signal('SIGSTOP')
  await until(a, 'suspicion', () => healthOf(a, peer) !== 'healthy')
  await until(b, 'agreement that it is down', () => healthOf(b, peer) === 'down')
  await until(a, 'the end of the silent connection', () => !connectedTo(a, peer)())
  other.signal('SIGCONT')
  for (const node of [a, b]) await until(node, 'health', () => connectedTo(node, peer)() && healthOf(node, peer) === 'healthy')
  expect(lost).toBe(0)
}, 20_000)

test('two processes with one identity are noticed by others and by themselves, and the first one stays in use', async () => {
  await using a = await openNode()
  const key = seed()
  await using first = await spawnNode({ seed: key })
  const { peer } = first.member
  a.setMembers([first.member])
  first.setMembers([memberOf(a)])
  await until(a, 'a connection', connectedTo(a, peer))
  const self = Buffer.from(key, 'hex')
  await using clone = await openNode({ identityKey: self, incarnation: 2 })
  expect(clone.self).toBe(peer)
  clone.setMembers([memberOf(a)])
  const deadline = Date.now() + 5_000
  while ((a.duplicates().length === 0 || clone.duplicates().length === 0) && Date.now() < deadline) await Bun.sleep(20)
  expect(a.duplicates()[0]).toMatchObject({ peer })
  expect(a.duplicates()[0]?.where).toHaveLength(2)
  expect(clone.duplicates()[0]).toMatchObject({ peer, how: expect.stringContaining(a.self) })
  expect(connectedTo(a, peer)()).toBe(true)
  expect(a.factsOf(peer).incarnation).toBe(1)
  expect((await a.diagnose(peer)).find(({ check }) => check === 'identity')?.level).toBe('fail')
}, 15_000)

test('a clone that shows itself only to others is named when members compare what they see', async () => {
  const limits = { presenceEveryMs: 50, digestEveryMs: 100, disputeMs: 300 }
  const key = randomBytes(32)
  await using a = await openNode({ limits })
  await using b = await openNode({ limits })
  await using first = await openNode({ identityKey: key, limits })
  await using clone = await openNode({ identityKey: key, limits })
  a.setMembers([memberOf(b), memberOf(first)])
  b.setMembers([memberOf(a), memberOf(clone)])
  first.setMembers([memberOf(a)])
  clone.setMembers([memberOf(b)])
  await until(a, 'a connection to the first', connectedTo(a, first.self))
  await until(b, 'a connection to the clone', connectedTo(b, clone.self))
  const deadline = Date.now() + 5_000
  while (a.duplicates().length === 0 && Date.now() < deadline) await Bun.sleep(20)
  expect(a.duplicates()[0]).toMatchObject({ peer: first.self, how: expect.stringContaining('different processes') })
  expect(a.duplicates()[0]?.where[1]).toContain(b.self)
}, 15_000)
