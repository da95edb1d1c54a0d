import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { found, throwAwayKeys } from '../../src/deploy/index.ts'
import { bzzz, command, plainEnvironment, runFlags, runNode, temporaryFolder, until } from '../support/program.ts'

setDefaultTimeout(30_000)

const folder = temporaryFolder()
afterAll(() => folder[Symbol.dispose]())
const isRoot = process.getuid?.() === 0
const hasTmpfs = isRoot && process.platform === 'linux' && Bun.which('mount') !== null
const nobody = 65_534

/** Something else that listens on a port of loopback. */
const takenPort = () => {
  const listener = Bun.listen({ hostname: '127.0.0.1', port: 0, socket: { data: () => {} } })
  return { port: listener.port, [Symbol.dispose]: () => listener.stop(true) }
}

const errorIn = (err: string): { code: string; message: string; hint: string } => JSON.parse(err).error

test('a web port that another program has: named with its holder; the node does not start', async () => {
  using taken = takenPort()
  const data = join(folder.path, 'web')
  const { code, err } = await bzzz([...runFlags(data, 15_999), '--web-port', String(taken.port), '--json'])
  expect([code, errorIn(err).code]).toEqual([1, 'port-taken'])
  expect(errorIn(err).message).toStartWith(`Port ${taken.port} on 127.0.0.1 is taken: `)
  expect(errorIn(err).hint).toContain('`web.port`')
  expect(readdirSync(data)).not.toContain('bzzz.sock')
})

test('a mesh port that another program has stops a member from starting and a fresh node from founding, which then may be tried again', async () => {
  const data = join(folder.path, 'mesh')
  {
    using taken = takenPort()
    await using node = await runNode(data, { meshPort: taken.port })
    const refused = found(node.client, 'one', throwAwayKeys(), Date.now())
    expect(refused).rejects.toMatchObject({ code: 'port-in-use', message: expect.stringContaining(`127.0.0.1:${taken.port}`) })
    await refused.catch(() => {})
    expect((await node.client.view()).cluster).toBeNull()
    taken[Symbol.dispose]()
    await found(node.client, 'one', throwAwayKeys(), Date.now())
    await until('a leader', async () => (await node.client.view()).leader)
    await node.end('SIGTERM')
  }
  using taken = takenPort()
  const { code, err } = await bzzz([...runFlags(data, taken.port), '--json'])
  expect([code, errorIn(err).code]).toEqual([1, 'port-in-use'])
  expect(errorIn(err).hint).toContain('another mesh port')
})

test('an address that this machine does not have', async () => {
  const data = join(folder.path, 'mesh')
  const { code, err } = await bzzz([...runFlags(data, 15_999), '--mesh-host', '203.0.113.9', '--json'])
  expect([code, errorIn(err).code]).toEqual([1, 'cannot-listen'])
})

test.each([
  ['meshh:\n  port: 1', 'line 1: unknown key `meshh`: did you mean `mesh`?'],
  ['name: nova\nweb:\n  prot: 1', 'line 3: unknown key `prot` in `web`: did you mean `port`?'],
  ['web:\n  port: eighty', 'line 2: `web.port`: expected a port'],
  ['web: [', 'this is not YAML'],
])('a configuration that says %j is refused with its line', async (text, says) => {
  const file = join(folder.path, 'config.yaml')
  writeFileSync(file, text)
  const data = join(folder.path, 'never')
  const { code, err } = await bzzz(['run', '--config', file, '--data', data, '--json'])
  expect([code, errorIn(err).code]).toEqual([2, 'bad-config'])
  expect(errorIn(err).message).toContain(`${file}, ${says.startsWith('line') ? '' : 'line 1: '}${says}`)
  expect(statSync(data, { throwIfNoEntry: false })).toBeUndefined()
})

test('no node: the verbs that ask one say so with exit code 3', async () => {
  for (const args of [
    ['status'],
    ['nodes'],
    ['leader'],
    ['leader', 'transfer', 'nova'],
    ['kv', 'get', 'a'],
    ['doctor', '--peer', 'nova'],
  ]) {
    const { code, err } = await bzzz([...args, '--data', join(folder.path, 'nowhere'), '--json'])
    expect([args[0], code, errorIn(err).code]).toEqual([args[0] ?? '', 3, 'not-reachable'])
    expect(errorIn(err).hint).toContain('bzzz run')
  }
})

test.if(isRoot)('another user than the owner may neither start the node nor ask it', async () => {
  chmodSync(folder.path, 0o755)
  await using node = await runNode(join(folder.path, 'mine'))
  const asNobody = (args: readonly string[]) => {
    const flags = ['--reuid', String(nobody), '--regid', String(nobody), '--clear-groups']
    const done = spawnSync('setpriv', [...flags, ...command, ...args, '--json'], {
      env: { ...plainEnvironment(), HOME: '/' },
      timeout: 20_000,
    })
    return { code: done.status, error: errorIn(String(done.stderr)) }
  }
  const started = asNobody(runFlags(node.data, 15_999))
  expect([started.code, started.error.code]).toEqual([4, 'forbidden'])
  expect(started.error.hint).not.toBe('')
  const asked = asNobody(['status', '--socket', node.socket])
  expect([asked.code, asked.error.code]).toEqual([4, 'forbidden'])
  expect((await node.client.health()).live).toBe(true)
})

/** A small file system of its own. */
const tinyDisk = (size: string) => {
  const path = join(folder.path, `disk${size}`)
  mkdirSync(path)
  const mount = (...args: string[]) => expect(spawnSync('mount', args).status).toBe(0)
  mount('-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', path)
  return {
    path,
    readOnly: () => mount('-o', 'remount,ro', path),
    [Symbol.dispose]: () => {
      spawnSync('umount', [path])
    },
  }
}

test.if(hasTmpfs)('a full disk stops the start with a sentence, and with room again everything is there', async () => {
  const data = join(folder.path, 'roomy')
  {
    await using node = await runNode(data)
    await found(node.client, 'one', throwAwayKeys(), Date.now())
    await until('a leader', async () => (await node.client.view()).leader)
    await node.client.put('kept', 1)
    await node.end('SIGTERM')
  }
  using disk = tinyDisk('4m')
  const moved = join(disk.path, 'd')
  cpSync(data, moved, { recursive: true })
  chmodSync(moved, 0o700)
  expect(spawnSync('dd', ['if=/dev/zero', `of=${join(disk.path, 'fill')}`, 'bs=1k']).status).not.toBe(0)
  const { code, err } = await bzzz([...runFlags(moved, 15_999), '--json'])
  expect([code, errorIn(err).code, errorIn(err).hint]).toEqual([1, 'disk-full', 'Free some space, then try again.'])
  rmSync(join(disk.path, 'fill'))
  await using node = await runNode(moved)
  await until('a leader', async () => (await node.client.view()).leader)
  expect((await node.client.get('kept', true)).record?.value).toBe(1)
})

test.if(hasTmpfs)('a disk without room for the first file, and one mounted read-only', async () => {
  using disk = tinyDisk('4k')
  const full = await bzzz([...runFlags(join(disk.path, 'd'), 15_999), '--json'])
  expect([full.code, errorIn(full.err).code]).toEqual([1, 'disk-full'])
  disk.readOnly()
  const readOnly = await bzzz([...runFlags(join(disk.path, 'e'), 15_999), '--json'])
  expect([readOnly.code, errorIn(readOnly.err).code]).toEqual([1, 'cannot-write'])
  expect(errorIn(readOnly.err).message).toContain('mounted read-only')
})
