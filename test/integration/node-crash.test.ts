import { expect, setDefaultTimeout, test } from 'bun:test'
import { randomInt } from 'node:crypto'
import { type DemoNode, Writer } from '../../src/demo/index.ts'
import { runCluster, until } from '../support/program.ts'

setDefaultTimeout(180_000)

const kills = 30

/** All records under demo/, read through the leader. */
const recordsIn = async (node: DemoNode): Promise<Map<string, unknown>> => {
  const found = new Map<string, unknown>()
  for (let after: string | undefined; ; ) {
    const { records } = await node.client.list('demo/', true, after, 1_000)
    for (const record of records) found.set(record.key, record.value)
    after = records.at(-1)?.key
    if (records.length < 1_000 || after === undefined) return found
  }
}

/** Roots at one and the same index; only meaningful while nothing is written. */
const agreedRoots = (nodes: readonly DemoNode[]) =>
  until('all nodes stand at one index', async () => {
    const roots = await Promise.all(nodes.map((node) => node.client.stateRoot()))
    return new Set(roots.map(({ index }) => index)).size === 1 && roots.map(({ root }) => root)
  })

test(`${kills} times kill -9 in the middle of writes: every start works, every acknowledged write is there, all agree`, async () => {
  await using cluster = await runCluster(3)
  const { nodes } = cluster
  const writers = nodes.map(
    (node, n) =>
      new Writer(
        `client-${n}`,
        nodes.toSorted((one) => (one === node ? -1 : 1)),
        1,
      ),
  )
  for (const writer of writers) writer.start()
  for (let kill = 0; kill < kills; kill += 1) {
    const node = nodes[randomInt(nodes.length)]
    if (node === undefined) continue
    await Bun.sleep(randomInt(5, 120))
    await node.kill()
    // A database that the kill damaged would keep it from starting.
    await node.start()
    await until(`${node.name} is ready after kill ${kill}`, async () => (await node.client.health()).ready)
  }
  await Promise.all(writers.map((writer) => writer.stop()))

  const acknowledged = writers.flatMap((writer) => writer.acknowledged)
  expect(acknowledged.length).toBeGreaterThan(kills * 3)
  for (const node of nodes) {
    const found = await recordsIn(node)
    expect(acknowledged.filter(({ key, value }) => found.get(key) !== value)).toEqual([])
    expect((await node.client.view()).haltedBecause).toBeNull()
  }
  expect(new Set(await agreedRoots(nodes)).size).toBe(1)
})

test('a node that was killed and started again is told of the last entry, though nothing is written any more', async () => {
  await using cluster = await runCluster(3)
  const { nodes, view } = cluster
  const follower = nodes.find((node) => node.name !== view.leader?.name)
  const other = nodes.find((node) => node !== follower)
  if (follower === undefined || other === undefined) throw new Error('no follower')
  for (let round = 0; round < 3; round += 1) {
    await other.client.put('before', round)
    await follower.kill()
    await other.client.put('while-away', round)
    await follower.start()
    const [first, ...more] = await agreedRoots(nodes)
    expect(more).toEqual([first ?? '', first ?? ''])
    const { records } = await follower.client.list('while-away', false)
    expect(records.map(({ value }) => value)).toEqual([round])
  }
})
