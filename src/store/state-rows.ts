import type { Database } from 'bun:sqlite'
import { and, asc, eq, gte, lt, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/bun-sqlite'
import { type BucketRow, BucketTree, bucketOf, type Hash, sha256 } from '../base/index.ts'
import type { StateView } from '../consensus/ports.ts'
import * as schema from './schema.ts'
import { statement } from './statements.ts'

/** The replicated state in its table, with its hash tree. */
export interface StateRows extends StateView {
  /** Of all rows as they stand; reads only what changed since the last time. */
  root(): Hash
  /** How many rows a space has. */
  count(space: string): number
  /** Deletes every row. */
  clear(): void
  /** After a rollback: the tree may have seen rows that never came to be, so it is built anew when next asked for. */
  forget(): void
  /** Every row, in order of space and key. */
  all(): IterableIterator<{ space: string; key: string; value: string }>
}

/** Behind every key that starts with the prefix: no key holds this character. */
const beyond = '\u{10ffff}'

export const createStateRows = (database: Database): StateRows => {
  const { state } = schema
  const build = drizzle(database)
  const p = sql.placeholder
  const { space, key, value, hash, bucket } = state
  const one = and(eq(space, p('space')), eq(key, p('key')))
  const getRow = statement<{ value: string }, [string, string]>(database, build.select({ value }).from(state).where(one))
  const putRow = statement<never, [string, string, string, string, number]>(
    database,
    build
      .insert(state)
      .values({ space: p('space'), key: p('key'), value: p('value'), hash: p('hash'), bucket: p('bucket') })
      .onConflictDoUpdate({ target: [space, key], set: { value: sql`excluded.value`, hash: sql`excluded.hash` } }),
  )
  const deleteRow = statement<never, [string, string]>(database, build.delete(state).where(one))
  const listRows = statement<{ key: string; value: string }, [string, string, string, number]>(
    database,
    build
      .select({ key, value })
      .from(state)
      .where(and(eq(space, p('space')), gte(key, p('from')), lt(key, p('to'))))
      .orderBy(asc(key))
      .limit(p('limit')),
  )
  // One question for many buckets: three times as fast as one for each.
  const bucketRows = statement<BucketRow, [string]>(
    database,
    build
      .select({ bucket, space, key, hash })
      .from(state)
      .where(sql`${bucket} in (select value from json_each(${p('buckets')}))`)
      .orderBy(asc(bucket), asc(space), asc(key)),
  )
  const allRows = statement<{ space: string; key: string; value: string }, []>(
    database,
    build.select({ space, key, value }).from(state).orderBy(asc(space), asc(key)),
  )
  const usedBuckets = statement<{ bucket: number }, []>(database, build.selectDistinct({ bucket }).from(state))
  const countRows = statement<{ count: number }, [string]>(
    database,
    build
      .select({ count: sql<number>`count(*)`.as('count') })
      .from(state)
      .where(eq(space, p('space'))),
  )
  const clearRows = statement<never, []>(database, build.delete(state))

  const tree = new BucketTree()
  /** The tree is built from the table when first asked for; until then nothing needs to be marked. */
  let grown = false
  const forget = () => {
    tree.clear()
    grown = false
  }

  return {
    count: (inSpace) => countRows.get(inSpace)?.count ?? 0,
    get: (inSpace, atKey) => getRow.get(inSpace, atKey)?.value,
    list: (inSpace, { prefix = '', after, limit = -1 } = {}) => {
      // The least text behind `after` is `after` and one NUL.
      const from = after !== undefined && after >= prefix ? `${after}\0` : prefix
      return listRows.all(inSpace, from, `${prefix}${beyond}`, limit)
    },
    put: (inSpace, atKey, text) => {
      const at = bucketOf(inSpace, atKey)
      putRow.run(inSpace, atKey, text, sha256(text), at)
      if (grown) tree.mark(at)
    },
    delete: (inSpace, atKey) => {
      deleteRow.run(inSpace, atKey)
      if (grown) tree.mark(bucketOf(inSpace, atKey))
    },
    root: () => {
      if (!grown) for (const used of usedBuckets.all()) tree.mark(used.bucket)
      grown = true
      return tree.root((buckets) => bucketRows.all(JSON.stringify(buckets)))
    },
    clear: () => {
      clearRows.run()
      forget()
    },
    forget,
    all: () => allRows.iterate(),
  }
}
