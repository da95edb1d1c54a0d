import { Database } from 'bun:sqlite'
import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import {
  chmodSync,
  closeSync,
  cpSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { sha256 } from '../../src/base/index.ts'
import { found, throwAwayKeys } from '../../src/deploy/index.ts'
import { bzzz, runFlags, runNode, temporaryFolder, until } from '../support/program.ts'

setDefaultTimeout(30_000)

// One cluster of one node with some records, and another; each test spoils a copy.
const folder = temporaryFolder()
const good = join(folder.path, 'good')
const other = join(folder.path, 'other')
afterAll(() => folder[Symbol.dispose]())

beforeAll(async () => {
  for (const [data, name] of [
    [good, 'one'],
    [other, 'two'],
  ] as const) {
    await using node = await runNode(data)
    await found(node.client, name, throwAwayKeys(), Date.now())
    await until('a leader', async () => (await node.client.view()).leader)
    for (let n = 0; n < 30; n += 1) await node.client.put(`k/${n}`, name.repeat(400))
    expect(await node.end('SIGTERM')).toEqual({ code: 0, err: '' })
  }
})

let copies = 0
const copyOf = (data: string): string => {
  const copy = join(folder.path, `c${copies++}`)
  cpSync(data, copy, { recursive: true })
  chmodSync(copy, 0o700)
  return copy
}

/** Starts a node in the folder; its standard input is closed, so one that starts against all expectation ends at once with code 0. */
const start = (data: string, ...flags: string[]) => bzzz([...runFlags(data, 15_999), ...flags])

/** Fingerprints of all files but those of the lock and of SQLite's journal; of a database that can be read, of what is in it. */
const contents = (data: string): Record<string, string> =>
  Object.fromEntries(
    readdirSync(data, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/^lock\.|-(wal|shm)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => [file, (file.endsWith('.sqlite') ? rowsIn(file) : null) ?? sha256(readFileSync(file))]),
  )

const rowsIn = (file: string): string | null => {
  try {
    const database = new Database(file, { readwrite: true, create: false })
    try {
      const all = (sql: string) => JSON.stringify(database.query(sql).all())
      return sha256(
        all('SELECT * FROM log ORDER BY idx') + all('SELECT * FROM state ORDER BY space, key') + all('SELECT term, voted_for FROM member'),
      )
    } finally {
      database.close(true)
    }
  } catch {
    return null
  }
}

const overwrite = (file: string, at: number, bytes: Uint8Array) => {
  const handle = openSync(file, 'r+')
  writeSync(handle, bytes, 0, bytes.length, at)
  closeSync(handle)
}

const edited = (file: string, edit: (content: { genesis: string }) => void) => {
  const content = JSON.parse(readFileSync(file, 'utf8'))
  edit(content)
  writeFileSync(file, JSON.stringify(content))
}

const inDatabase = (data: string, sql: string) => {
  const database = new Database(join(data, 'bzzz.sqlite'))
  database.run(sql)
  database.run('PRAGMA wal_checkpoint(TRUNCATE)')
  database.close(true)
}

describe('a data folder that is not in order is refused in one sentence with a remedy, and left as it is', () => {
  test.each<[string, (data: string) => void, says: string, remedy: string]>([
    ['keys that others may read', (d) => chmodSync(join(d, 'identity.json'), 0o644), 'Other users may open the file', 'chmod 600 '],
    ['a folder that others may enter', (d) => chmodSync(d, 0o755), 'Other users may open the folder', 'chmod 700 '],
    ['half an identity', (d) => writeFileSync(join(d, 'identity.json'), '{"kind":'), 'identity.json are damaged', 'Restore that file'],
    ['an empty identity', (d) => writeFileSync(join(d, 'identity.json'), ''), 'identity.json are damaged', 'Restore that file'],
    ['no identity beside a database', (d) => rmSync(join(d, 'identity.json')), 'keys are missing', 'Restore that file'],
    [
      'the identity of another node',
      (d) => cpSync(join(other, 'identity.json'), join(d, 'identity.json')),
      'belongs to node',
      'Put the identity.json',
    ],
    [
      'a database that begins with garbage',
      (d) => overwrite(join(d, 'bzzz.sqlite'), 0, new Uint8Array(200).fill(7)),
      'is not a database',
      'Move the data folder away',
    ],
    [
      'a database broken in the middle',
      (d) => overwrite(join(d, 'bzzz.sqlite'), 4096, new Uint8Array(4 * 4096).fill(90)),
      'is damaged',
      'Move the data folder away',
    ],
    ['a database that is cut off', (d) => truncateSync(join(d, 'bzzz.sqlite'), 5_000), 'is cut off', 'Move the data folder away'],
    ['an empty database', (d) => truncateSync(join(d, 'bzzz.sqlite'), 0), 'is empty', 'Move the data folder away'],
    ['no database', (d) => rmSync(join(d, 'bzzz.sqlite')), 'is missing', 'Restore it'],
    [
      'the database of another cluster',
      (d) => cpSync(join(other, 'bzzz.sqlite'), join(d, 'bzzz.sqlite')),
      'belongs to another cluster',
      'Put the cluster.json',
    ],
    [
      'a database of a newer program',
      (d) => inDatabase(d, "INSERT INTO migrations VALUES (99, 'x')"),
      'was written by a newer bzzz',
      'Install that version',
    ],
    ['half a cluster file', (d) => writeFileSync(join(d, 'cluster.json'), '{"genesis":'), 'cluster.json is damaged', 'Restore it'],
    ['no cluster file', (d) => rmSync(join(d, 'cluster.json')), 'cluster.json is missing', 'Restore it'],
    [
      'a genesis that somebody edited',
      (d) => edited(join(d, 'cluster.json'), (content) => Object.assign(content, { genesis: content.genesis.replace('"one"', '"won"') })),
      'cannot be trusted: its signature does not fit',
      'Copy `genesis`',
    ],
    [
      'the genesis of another cluster',
      (d) =>
        edited(join(d, 'cluster.json'), (content) =>
          Object.assign(content, { genesis: JSON.parse(readFileSync(join(other, 'cluster.json'), 'utf8')).genesis }),
        ),
      'belongs to another cluster',
      'Put the cluster.json',
    ],
    [
      'a directory where keys should be',
      (d) => {
        rmSync(join(d, 'identity.json'))
        mkdirSync(join(d, 'identity.json'), { mode: 0o700 })
      },
      'is not a regular file',
      'Move it away',
    ],
    ['a file where the socket should be', (d) => writeFileSync(join(d, 'bzzz.sock'), ''), 'is not a socket', 'Move it away'],
  ])('%s', async (_, spoil, says, remedy) => {
    const data = copyOf(good)
    spoil(data)
    const before = contents(data)
    const { code, out, err } = await start(data, '--json')
    const { error } = JSON.parse(err)
    expect(error.message).toContain(says)
    expect(error.hint).toContain(remedy)
    expect([code === 1 || code === 2, out]).toEqual([true, ''])
    expect(contents(data)).toEqual(before)
  })
})

test('a folder that is not in order for people: a mark, the sentence, the remedy below', async () => {
  const data = copyOf(good)
  chmodSync(join(data, 'identity.json'), 0o644)
  const { err } = await start(data)
  expect(err).toBe(`✖ Other users may open the file ${data}/identity.json (mode 644).\n  chmod 600 ${data}/identity.json\n`)
})

test('a good folder starts, and has everything', async () => {
  await using node = await runNode(copyOf(good))
  await until('a leader', async () => (await node.client.view()).leader)
  expect((await node.client.get('k/29', true)).record?.value).toBe('one'.repeat(400))
})

test('of nodes that start at one instant in a fresh folder one runs, and its identity is the one on disk', async () => {
  const data = join(folder.path, 'fresh')
  const tries = await Promise.allSettled([1, 2, 3].map(() => runNode(data)))
  const running = tries.flatMap((one) => (one.status === 'fulfilled' && one.value.child.exitCode === null ? [one.value] : []))
  try {
    const [first] = running
    if (first === undefined) throw new Error('none runs')
    const living = await until('all but one ended', async () => {
      const left = running.filter((node) => node.child.exitCode === null)
      return left.length === 1 && left
    })
    const { peer } = await first.client.identity()
    const [winner] = living
    expect(await winner?.end('SIGTERM')).toMatchObject({ code: 0 })
    await using again = await runNode(data)
    expect((await again.client.identity()).peer).toBe(peer)
  } finally {
    for (const node of running) await node[Symbol.asyncDispose]()
  }
})

test('a second node in the folder of a running one is told whose it is, and the first does not notice', async () => {
  await using node = await runNode(copyOf(good))
  const { code, err } = await start(node.data)
  expect(code).toBe(1)
  expect(err).toContain(`is used by another bzzz (process ${node.child.pid}).`)
  expect((await node.client.health()).live).toBe(true)
})

test('a path that cannot be a folder', async () => {
  const file = join(folder.path, 'file')
  writeFileSync(file, 'x')
  for (const data of [file, join(file, 'below')]) {
    const { code, err } = await start(data, '--json')
    expect([code, JSON.parse(err).error.code]).toEqual([1, 'not-a-folder'])
  }
})
