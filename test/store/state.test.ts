import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { rootOfRows, sha256 } from '../../src/base/index.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createStateRows } from '../../src/store/state-rows.ts'
import { createRows } from '../support/rows.ts'

const table = () => {
  const database = new Database(':memory:')
  migrate(database, 'memory')
  return { database, rows: createStateRows(database) }
}

const key = fc
  .oneof(fc.constantFrom('a', 'a/', 'a/b', 'a0', 'b', '!', '~', '__proto__', '%', '_'), fc.string({ minLength: 1, maxLength: 3 }))
  .filter((text) => /^[!-~]+$/.test(text))
const space = fc.constantFrom('kv', 'members')
const act = fc.oneof(
  fc.record({ act: fc.constant('put' as const), space, key, value: fc.string() }),
  fc.record({ act: fc.constant('delete' as const), space, key }),
  fc.record({ act: fc.constant('root' as const) }),
  fc.record({
    act: fc.constant('list' as const),
    space,
    prefix: fc.oneof(fc.constant(''), key),
    after: fc.option(key, { nil: undefined }),
  }),
)

test('the table answers like rows in memory, and its root is the root of all rows, whatever came before', () => {
  fc.assert(
    fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
      const { rows } = table()
      const twin = createRows()
      for (const one of acts) {
        if (one.act === 'put') for (const state of [rows, twin]) state.put(one.space, one.key, JSON.stringify(one.value))
        if (one.act === 'delete') for (const state of [rows, twin]) state.delete(one.space, one.key)
        if (one.act === 'root') expect(rows.root()).toBe(twin.root())
        if (one.act === 'list') {
          const options = { prefix: one.prefix, limit: 3, ...(one.after === undefined ? {} : { after: one.after }) }
          expect(rows.list(one.space, options)).toEqual(twin.list(one.space, options))
        }
      }
      expect(rows.root()).toBe(twin.root())
      expect([...rows.all()].map(({ space, key, value }) => [space, key, value] as [string, string, string])).toEqual(twin.dump())
    }),
    { numRuns: 60 },
  )
})

test('the root follows a rollback, and forgets what was cleared', () => {
  const { database, rows } = table()
  rows.put('kv', 'a', '1')
  const before = rows.root()
  database.run('BEGIN')
  rows.put('kv', 'a', '2')
  rows.put('kv', 'b', '2')
  expect(rows.root()).not.toBe(before)
  database.run('ROLLBACK')
  rows.forget()
  expect(rows.root()).toBe(before)
  rows.clear()
  expect(rows.root()).toBe(rootOfRows([]))
})

test('the root depends on every part of every row', () => {
  const row = (space: string, key: string, value: string) => ({ space, key, hash: sha256(value) })
  const base = rootOfRows([row('kv', 'a', '1'), row('kv', 'b', '2')])
  expect(rootOfRows([row('kv', 'b', '2'), row('kv', 'a', '1')])).toBe(base)
  for (const other of [
    [row('kv', 'a', '1')],
    [row('kv', 'a', '2'), row('kv', 'b', '1')],
    [row('kw', 'a', '1'), row('kv', 'b', '2')],
    [row('kv', 'a', '1'), row('kv', 'c', '2')],
    [row('kv', 'a', '1'), row('kv', 'b', '2'), row('kv', 'c', '')],
  ]) {
    expect(rootOfRows(other)).not.toBe(base)
  }
})
