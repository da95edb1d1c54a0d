import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { found, throwAwayKeys } from '../../src/deploy/index.ts'
import { runCluster, runNode, temporaryFolder, until } from '../support/program.ts'

setDefaultTimeout(60_000)

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const stopMsMax = 2_000

test('a fresh node stops on SIGTERM within 2 s: exit code 0, no word, no socket', async () => {
  await using node = await runNode(join(folder.path, 'fresh'))
  const from = performance.now()
  expect(await node.end('SIGTERM')).toEqual({ code: 0, err: '' })
  expect(performance.now() - from).toBeLessThan(stopMsMax)
  expect(existsSync(node.socket)).toBe(false)
})

test('a node that leads, with writes under way and readers watching, stops as well, and everything acknowledged is there afterwards', async () => {
  const data = join(folder.path, 'one')
  const acknowledged: number[] = []
  {
    await using node = await runNode(data)
    await found(node.client, 'one', throwAwayKeys(), Date.now())
    await until('a leader', async () => (await node.client.view()).leader)
    const watching = new AbortController()
    const watched = (async () => {
      for await (const _ of node.client.watch(50, watching.signal));
    })().catch(() => {})
    const events = fetch(`${(await node.client.identity()).page}events`)
      .then((answer) => answer.text())
      .catch(() => '')
    const writing = (async () => {
      for (let n = 0; ; n += 1) {
        await node.client.put(`k/${n}`, n)
        acknowledged.push(n)
      }
    })().catch(() => {})
    await until('some writes', () => acknowledged.length > 20)
    const from = performance.now()
    expect(await node.end('SIGTERM')).toEqual({ code: 0, err: '' })
    expect(performance.now() - from).toBeLessThan(stopMsMax)
    expect(existsSync(node.socket)).toBe(false)
    watching.abort()
    await Promise.all([writing, watched, events])
  }
  await using again = await runNode(data)
  await until('a leader', async () => (await again.client.view()).leader)
  const { records } = await again.client.list('k/', true, undefined, 1_000)
  const keys = new Set(records.map(({ key }) => key))
  expect(acknowledged.filter((n) => !keys.has(`k/${n}`))).toEqual([])
})

test('leader and followers of a cluster stop one after the other, and the rest goes on as long as it can', async () => {
  await using cluster = await runCluster(3)
  const leader = cluster.nodes.find((node) => node.name === cluster.view.leader?.name)
  const [one, other] = cluster.nodes.filter((node) => node !== leader)
  if (leader === undefined || one === undefined || other === undefined) throw new Error('no leader')
  const stop = async (node: typeof leader) => {
    const from = performance.now()
    process.kill(node.pid(), 'SIGTERM')
    await until(`${node.name} ended`, () => !node.alive())
    expect(performance.now() - from).toBeLessThan(stopMsMax)
    expect(existsSync(join(cluster.folder, node.name, 'bzzz.sock'))).toBe(false)
  }
  await stop(leader)
  expect((await one.client.put('after', 1)).version).toBe(1)
  await stop(other)
  await until('nobody leads', async () => (await one.client.view()).leader === null)
  expect((await one.client.list('after', false)).records).toHaveLength(1)
  await stop(one)
})
