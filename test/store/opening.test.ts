import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import { getTableConfig } from 'drizzle-orm/sqlite-core'
import { isFault } from '../../src/base/index.ts'
import { databaseName } from '../../src/store/index.ts'
import { migrate, newestVersion } from '../../src/store/migrate.ts'
import * as schema from '../../src/store/schema.ts'
import { faultOf, filled, freshFolder, open } from './ground.ts'

/** A folder with a database that was closed properly, and its bytes. */
const closed = () => {
  const folder = freshFolder()
  const { store } = filled(folder, 400)
  store[Symbol.dispose]()
  const path = join(folder, databaseName)
  return { folder, path, bytes: readFileSync(path) }
}

test('two processes never share a folder; the second is told who has it', () => {
  const folder = freshFolder()
  const store = open(folder)
  const fault = faultOf(() => open(folder))
  expect(fault.code).toBe('in-use')
  expect(fault.message).toContain(`process ${process.pid}`)
  store[Symbol.dispose]()
  expect(open(folder).load().incarnation).toBe(2)
})

test.each([
  ['garbage in its header', (path: string) => overwrite(path, 0, Buffer.from('this is no database'))],
  ['zeros in its header', (path: string) => overwrite(path, 0, Buffer.alloc(100))],
  ['nothing in it', (path: string) => truncateSync(path, 0)],
  ['its second half cut off', (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2))],
  ['only a header left', (path: string) => truncateSync(path, 100)],
  ['half a page at its end', (path: string) => truncateSync(path, statSync(path).size - 2048)],
  ['pages of zeros', (path: string) => overwrite(path, 4096, Buffer.alloc(statSync(path).size - 4096))],
  ['one page of noise', (path: string) => overwrite(path, 4096 * 2, Buffer.alloc(4096, 0xa5))],
])('a database with %s is refused with a remedy, and stays as it is', (_, damage) => {
  const { folder, path } = closed()
  damage(path)
  const before = readFileSync(path)
  const fault = faultOf(() => open(folder))
  expect(fault.code).toBe('damaged-database')
  expect(fault.message).toContain(path)
  expect(fault.hint).toContain('join the cluster')
  expect(readFileSync(path).equals(before)).toBe(true)
  expect(faultOf(() => open(folder)).code).toBe('damaged-database')
})

test('a journal without its database is damage, not a fresh start', () => {
  const { folder, path } = closed()
  rmSync(path)
  writeFileSync(`${path}-wal`, 'x')
  expect(faultOf(() => open(folder)).message).toContain('its journal is there')
  expect(existsSync(path)).toBe(false)
})

test('wherever one byte flips, opening either works or is refused with a fault, and then nothing was written', () => {
  const { folder, path, bytes } = closed()
  for (let at = 0; at < bytes.length; at += Math.ceil(bytes.length / 40)) {
    const altered = Buffer.from(bytes)
    altered[at] = (altered[at] ?? 0) ^ 0xff
    writeFileSync(path, altered)
    try {
      const store = open(folder)
      store[Symbol.dispose]()
    } catch (error) {
      if (!isFault(error, 'damaged-database', 'altered-database', 'newer-database')) throw error
      expect(readFileSync(path).equals(altered)).toBe(true)
    }
  }
})

test('a database that was left with a journal is taken up again', () => {
  const folder = freshFolder()
  const { store } = filled(folder)
  const copy = freshFolder()
  // What a crash leaves: the journal not yet in the database.
  cpSync(folder, copy, { recursive: true })
  expect(statSync(join(copy, `${databaseName}-wal`)).size).toBeGreaterThan(0)
  const again = open(copy)
  expect(again.load().entries).toEqual(store.load().entries)
})

test('a database of a newer bzzz is refused and nothing is changed', () => {
  const { folder, path } = closed()
  const database = new Database(path)
  database.query('INSERT INTO migrations (version, checksum) VALUES (?, ?)').run(newestVersion + 1, 'x')
  database.close()
  const before = readFileSync(path)
  const fault = faultOf(() => open(folder))
  expect([fault.code, fault.hint]).toEqual(['newer-database', 'Install that version of bzzz again; nothing was changed.'])
  expect(readFileSync(path).equals(before)).toBe(true)
})

test('a database with other tables under the same number is refused', () => {
  const { folder, path } = closed()
  const database = new Database(path)
  database.run("UPDATE migrations SET checksum = 'x'")
  database.close()
  expect(faultOf(() => open(folder)).code).toBe('altered-database')
})

test('migrations run once', () => {
  const database = new Database(':memory:')
  migrate(database, 'memory')
  const before = database.query('SELECT * FROM sqlite_master').all()
  migrate(database, 'memory')
  expect(database.query('SELECT * FROM sqlite_master').all()).toEqual(before)
  expect(database.query('SELECT version FROM migrations').all()).toEqual([{ version: 1 }])
})

test('the tables that migrations make are the ones the program knows', () => {
  const database = new Database(':memory:')
  migrate(database, 'memory')
  const made = database
    .query<{ name: string }, []>("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    .all()
  const known = Object.values(schema).map((table) => getTableConfig(table))
  expect(made.map(({ name }) => name).sort()).toEqual(known.map(({ name }) => name).sort())
  for (const { name, columns, indexes } of known) {
    const real = database.query<{ name: string; type: string; notnull: number }, []>(`PRAGMA table_info(${name})`).all()
    expect(real.map((column) => [column.name, column.type, column.notnull === 1])).toEqual(
      columns.map((column) => [column.name, column.getSQLType().toUpperCase(), column.notNull || column.primary]),
    )
    const realIndexes = database.query<{ name: string; origin: string }, []>(`PRAGMA index_list(${name})`).all()
    expect(realIndexes.filter(({ origin }) => origin === 'c').map((index) => index.name)).toEqual(indexes.map(({ config }) => config.name))
  }
})

test('a folder others may look into is refused', () => {
  const folder = freshFolder()
  chmodSync(folder, 0o755)
  expect(faultOf(() => open(folder)).hint).toBe(`chmod 700 ${folder}`)
})

test('a first start that was cut off is simply done again', () => {
  const folder = freshFolder()
  writeFileSync(join(folder, `${databaseName}.new`), 'half a database')
  expect(open(folder).load().incarnation).toBe(1)
  expect(readdirSync(folder).filter((name) => name.includes('.new'))).toEqual([])
})

const overwrite = (path: string, at: number, bytes: Buffer): void => {
  const file = openSync(path, 'r+')
  writeSync(file, bytes, 0, bytes.length, at)
  closeSync(file)
}
