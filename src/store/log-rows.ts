import type { Database } from 'bun:sqlite'
import { and, asc, desc, eq, gt, gte, lte, sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/bun-sqlite'
import { asHash, type Hash, type Term } from '../base/index.ts'
import type { Configuration, Entry, LogIndex, Payload } from '../consensus/types.ts'
import * as schema from './schema.ts'
import { statement } from './statements.ts'

interface LogRow {
  readonly idx: number
  readonly term: number
  readonly hash: string
  readonly stampMs: number
  readonly kind: string
  readonly body: string
}

/** The log table: entries behind the base. */
export interface LogRows {
  append(entry: Entry): void
  truncateFrom(index: LogIndex): void
  /** Drops entries up to and including `index`. */
  dropTo(index: LogIndex): void
  clear(): void
  at(index: LogIndex): Entry | undefined
  /** Entries after `index`, in order. */
  after(index: LogIndex): Entry[]
  lastIndex(): LogIndex | undefined
  /** The newest configuration that stands in the log at or before `index`. */
  configurationAt(index: LogIndex): Configuration | undefined
}

export const createLogRows = (database: Database): LogRows => {
  const { log } = schema
  const build = drizzle(database)
  const p = sql.placeholder
  const insert = statement<never, [number, number, string, number, string, string]>(
    database,
    build.insert(log).values({ idx: p('idx'), term: p('term'), hash: p('hash'), stampMs: p('stampMs'), kind: p('kind'), body: p('body') }),
  )
  const columns = { idx: log.idx, term: log.term, hash: log.hash, stampMs: log.stampMs, kind: log.kind, body: log.body }
  const select = build.select({ ...columns, stampMs: sql<number>`${log.stampMs}`.as('stampMs') }).from(log)
  const one = statement<LogRow, [number]>(database, select.where(eq(log.idx, p('idx'))))
  const later = statement<LogRow, [number]>(
    database,
    build
      .select({ ...columns, stampMs: sql<number>`${log.stampMs}`.as('stampMs') })
      .from(log)
      .where(gt(log.idx, p('idx')))
      .orderBy(asc(log.idx)),
  )
  const deleteFrom = statement<never, [number]>(database, build.delete(log).where(gte(log.idx, p('idx'))))
  const deleteTo = statement<never, [number]>(database, build.delete(log).where(lte(log.idx, p('idx'))))
  const last = statement<{ idx: number | null }, []>(database, build.select({ idx: sql`max(${log.idx})`.as('idx') }).from(log))
  // The kinds are literals: only then SQLite takes the partial index.
  const configures = sql`${log.kind} in ('configuration', 'takeover')`
  const configuring = statement<{ kind: string; body: string }, [number, number]>(
    database,
    build
      .select({ kind: log.kind, body: log.body })
      .from(log)
      .where(and(configures, lte(log.idx, p('idx'))))
      .orderBy(desc(log.idx))
      .limit(p('limit')),
  )

  return {
    append: ({ index, term, hash, stampMs, payload }) => {
      const { kind, body } = packed(payload)
      insert.run(index, term, hash, stampMs, kind, body)
    },
    truncateFrom: (index) => void deleteFrom.run(index),
    dropTo: (index) => void deleteTo.run(index),
    clear: () => void deleteFrom.run(0),
    at: (index) => {
      const row = one.get(index)
      return row ? entryFrom(row) : undefined
    },
    after: (index) => later.all(index).map(entryFrom),
    lastIndex: () => last.get()?.idx ?? undefined,
    configurationAt: (index) => {
      const row = configuring.get(index, 1)
      return row ? configurationOf(payloadFrom(row)) : undefined
    },
  }
}

/** What counts from this entry on; a take-over's configuration carries its proof, as consensus has it. */
const configurationOf = (payload: Payload): Configuration | undefined => {
  if (payload.kind === 'configuration') return payload.configuration
  if (payload.kind !== 'takeover') return undefined
  const { id, base, configuration, body } = payload
  return { ...configuration, takeover: { id, base, configuration, body } }
}

/** A batch is stored as the text it is: escaping it again would double its cost. One that SQLite could not hold unchanged is escaped. */
const packed = (payload: Payload): { kind: string; body: string } =>
  payload.kind === 'batch' && payload.body.isWellFormed() && !payload.body.includes('\0')
    ? payload
    : { kind: payload.kind === 'batch' ? 'escaped' : payload.kind, body: JSON.stringify(payload) }

// Rows were written by `packed`, so the text is a payload, and hash and term are those of an entry.
const payloadFrom = ({ kind, body }: { kind: string; body: string }): Payload =>
  kind === 'batch' ? { kind, body } : (JSON.parse(body) as Payload)

const entryFrom = ({ idx, term, hash, stampMs, kind, body }: LogRow): Entry => ({
  index: idx,
  term: term as Term,
  hash: asHash(hash) satisfies Hash,
  stampMs,
  payload: payloadFrom({ kind, body }),
})
