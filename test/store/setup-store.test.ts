import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { existsSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { getTableConfig } from 'drizzle-orm/sqlite-core'
import { openSetupStore, removeSetupStore } from '../../src/store/index.ts'
import { setup } from '../../src/store/setup-schema.ts'
import { freshFolder } from './ground.ts'

const yes = () => true

test('of a hundred claims through two connections one wins', () => {
  const folder = freshFolder()
  using one = openSetupStore(folder)
  using two = openSetupStore(folder)
  one.newCode('code', 1_000)
  const won = Array.from({ length: 100 }, (_, n) => (n % 2 === 0 ? one : two).claim(yes, `session ${n}`))
  expect(won.filter(Boolean).length).toBe(1)
  expect(two.read()).toEqual({ ...two.read(), codeHash: null, sessionHash: 'session 0' })
})

test('a claim is judged by what is in the database then: the code that does not fit takes nothing', () => {
  using store = openSetupStore(freshFolder())
  expect(store.claim(yes, 's')).toBe(false)
  store.newCode('code', 7)
  expect(store.claim((hash, expiresMs) => hash === 'other' || expiresMs !== 7, 's')).toBe(false)
  expect(store.claim((hash, expiresMs) => hash === 'code' && expiresMs === 7, 's')).toBe(true)
})

test('it outlives the process, is for its owner alone, and leaves nothing behind', () => {
  const folder = freshFolder()
  {
    using store = openSetupStore(folder)
    store.saveDraft('{"cluster":"linden"}')
  }
  const path = join(folder, 'setup.sqlite')
  expect(statSync(path).mode & 0o777).toBe(0o600)
  {
    using store = openSetupStore(folder)
    expect(store.read().draft).toBe('{"cluster":"linden"}')
  }
  removeSetupStore(folder)
  expect(['', '-wal', '-shm'].filter((ending) => existsSync(`${path}${ending}`))).toEqual([])
})

test('the table that the program sees is the one that the migration makes', () => {
  const folder = freshFolder()
  openSetupStore(folder)[Symbol.dispose]()
  using database = new Database(join(folder, 'setup.sqlite'), { readonly: true })
  const made = database.query<{ name: string; type: string; notnull: number }, []>('PRAGMA table_info(setup)').all()
  const seen = getTableConfig(setup).columns.map((column) => ({
    name: column.name,
    type: column.getSQLType().toUpperCase(),
    notnull: column.notNull || column.primary ? 1 : 0,
  }))
  expect(made.map(({ name, type, notnull }) => ({ name, type, notnull }))).toEqual(seen)
})
