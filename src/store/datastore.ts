import type { Database } from 'bun:sqlite'
import { NotFoundError } from '@libp2p/interface'
import { BaseDatastore } from 'datastore-core'
import { and, asc, eq, gte, lt, lte, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/bun-sqlite'
import { Key, type KeyQuery, type Pair, type Query } from 'interface-datastore'
import * as schema from './schema.ts'
import { statement } from './statements.ts'
import type { Transactions } from './transactions.ts'

// Together at most 128 MiB: members choose what stands here.
const rowsMaxDefault = 4_096
const valueBytesMax = 32 * 1024
const pageSize = 200
const beyond = '\u{10ffff}'

/**
 * libp2p's datastore (peer store, DHT records) in a table: survives a restart, is never replicated, and bounded: beyond 4,096 rows the
 * ones written longest ago go. Its writes are atomic but not fsynced one by one: everything in it can be learnt again.
 */
export type SqliteDatastore = BaseDatastore

export const createDatastore = (database: Database, transactions: Transactions, rowsMax = rowsMaxDefault): SqliteDatastore => {
  const { datastore } = schema
  const build = drizzle(database)
  const p = sql.placeholder
  const byKey = eq(datastore.key, p('key'))
  const getRow = statement<{ value: Uint8Array }, [string]>(database, build.select({ value: datastore.value }).from(datastore).where(byKey))
  const removeRow = statement<never, [string]>(database, build.delete(datastore).where(byKey))
  // A row written again gets a new, higher id: the lowest ids are the ones written longest ago.
  const insertRow = statement<never, [null, string, Uint8Array]>(
    database,
    build.insert(datastore).values({ id: p('id'), key: p('key'), value: sql`${p('value')}` }),
  )
  const counted = statement<{ count: number }, []>(database, build.select({ count: sql<number>`count(*)`.as('count') }).from(datastore))
  const oldest = statement<{ id: number }, [number]>(
    database,
    build.select({ id: datastore.id }).from(datastore).orderBy(asc(datastore.id)).limit(p('count')),
  )
  const removeTo = statement<never, [number]>(database, build.delete(datastore).where(lte(datastore.id, p('id'))))
  const page = statement<{ key: string; value: Uint8Array }, [string, string, number]>(
    database,
    build
      .select({ key: datastore.key, value: datastore.value })
      .from(datastore)
      .where(and(gte(datastore.key, p('from')), lt(datastore.key, p('to'))))
      .orderBy(asc(datastore.key))
      .limit(p('limit')),
  )
  let count = counted.get()?.count ?? 0

  function* rows(prefix: string): Generator<{ key: string; value: Uint8Array }> {
    for (let from = prefix; ; ) {
      const found = page.all(from, `${prefix}${beyond}`, pageSize)
      yield* found
      const last = found.at(-1)
      if (!last || found.length < pageSize) return
      from = `${last.key}\0`
    }
  }

  class Datastore extends BaseDatastore {
    override put(key: Key, value: Uint8Array): Key {
      if (value.length > valueBytesMax) return key
      transactions.quick(() => {
        const replaced = removeRow.run(key.toString()).changes
        insertRow.run(null, key.toString(), value)
        count += 1 - replaced
        if (count <= rowsMax) return
        // A tenth at once, so that a full table does not count and delete at every write.
        const last = oldest.all(Math.ceil(rowsMax / 10)).at(-1)
        if (last) removeTo.run(last.id)
        count = counted.get()?.count ?? 0
      })
      return key
    }

    override get(key: Key): Uint8Array {
      const row = getRow.get(key.toString())
      if (!row) throw new NotFoundError()
      return new Uint8Array(row.value)
    }

    override has(key: Key): boolean {
      return getRow.get(key.toString()) !== null
    }

    override delete(key: Key): void {
      count -= transactions.quick(() => removeRow.run(key.toString()).changes)
    }

    override async *_all({ prefix = '' }: Query): AsyncGenerator<Pair> {
      for (const { key, value } of rows(prefix)) yield { key: new Key(key), value: new Uint8Array(value) }
    }

    override async *_allKeys({ prefix = '' }: KeyQuery): AsyncGenerator<Key> {
      for (const { key } of rows(prefix)) yield new Key(key)
    }
  }
  return new Datastore()
}
