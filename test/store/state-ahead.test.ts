import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { record } from '../../src/ledger/index.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createStateAhead } from '../../src/store/state-ahead.ts'
import { createStateRows } from '../../src/store/state-rows.ts'
import { createRows } from '../support/rows.ts'
import { commit, createScribe, freshFolder, open } from './ground.ts'

const key = fc.constantFrom('a', 'a/', 'a/b', 'a0', 'b', '!', '~', '__proto__')
const space = fc.constantFrom('kv', 'members')
const write = fc.oneof(fc.record({ space, key, value: fc.string() }), fc.record({ space, key, value: fc.constant(null) }))
/** Some writes, the table brought up to date or not, some more, and whether all of it is committed. */
const work = fc.record({
  before: fc.array(write, { maxLength: 4 }),
  writesTable: fc.boolean(),
  after: fc.array(write, { maxLength: 4 }),
  committed: fc.boolean(),
})
const looks = [
  {},
  { prefix: 'a' },
  { limit: 2 },
  { prefix: 'a', after: 'a/', limit: 1 },
  { after: '!', limit: 3 },
  { after: 'zz' },
] as const

test('whatever is written, brought into the table or rolled back, it answers like rows in memory', () => {
  fc.assert(
    fc.property(fc.array(work, { maxLength: 12 }), (works) => {
      const database = new Database(':memory:')
      migrate(database, 'memory')
      const rows = createStateRows(database)
      const ahead = createStateAhead(rows)
      let twin = createRows()
      const same = () => {
        for (const name of ['kv', 'members']) {
          for (const options of looks) expect(ahead.list(name, options)).toEqual(twin.list(name, options))
          for (const one of ['a', 'a/b', '~']) expect(ahead.get(name, one)).toBe(twin.get(name, one))
          expect(ahead.count(name)).toBe(twin.list(name).length)
        }
      }
      for (const { before, writesTable, after, committed } of works) {
        const draft = createRows()
        for (const [name, at, value] of twin.dump()) draft.put(name, at, value)
        const put = ({ space: name, key: at, value }: (typeof before)[number]) => {
          for (const state of [ahead, draft]) value === null ? state.delete(name, at) : state.put(name, at, JSON.stringify(value))
        }
        database.run('BEGIN')
        for (const one of before) put(one)
        if (writesTable) ahead.write()
        for (const one of after) put(one)
        if (committed) {
          database.run('COMMIT')
          ahead.keep()
          twin = draft
        } else {
          database.run('ROLLBACK')
          ahead.drop()
          rows.forget()
        }
        same()
      }
      ahead.write()
      ahead.keep()
      expect(ahead.waiting).toBe(0)
      expect(rows.root()).toBe(twin.root())
    }),
    { numRuns: 80 },
  )
})

test('a crash loses what was ahead of the table, and the log brings it back', () => {
  const folder = freshFolder()
  const store = open(folder, { aheadMs: 60_000 })
  const scribe = createScribe()
  const first = scribe.noop()
  commit(store, { append: [first], apply: [first] })
  const [one, two] = [scribe.puts('a'), scribe.puts('a')]
  commit(store, { append: [one, two], apply: [one, two] })
  expect(record(store.state, 'a')?.version).toBe(2)
  // As another process would find it: nothing but what SQLite has.
  const beside = new Database(`${folder}/bzzz.sqlite`, { readonly: true })
  expect(beside.query('select applied_index from member').get()).toEqual({ applied_index: 1 })
  expect(beside.query("select count(*) n from state where space = 'kv'").get()).toEqual({ n: 0 })
  expect(store.load().appliedIndex).toBe(3)
  expect(beside.query('select applied_index from member').get()).toEqual({ applied_index: 3 })
  expect(beside.query("select count(*) n from state where space = 'kv'").get()).toEqual({ n: 1 })
  beside.close()
})

test('what is dropped from the log, marked or sent as a snapshot is in the table first', () => {
  const store = open(freshFolder(), { aheadMs: 60_000 })
  const scribe = createScribe()
  const entries = [scribe.noop(), scribe.puts('a'), scribe.puts('b')]
  commit(store, { append: entries, apply: entries })
  commit(store, { compactTo: 3 })
  const more = [scribe.puts('c')]
  commit(store, { append: more, apply: more })
  const offer = store.snapshots.take(4)
  expect(offer.position.index).toBe(4)
  expect(offer.root).toBe(store.root())
  expect(store.rootAt().index).toBe(4)
})
