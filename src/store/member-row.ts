import type { Database } from 'bun:sqlite'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/bun-sqlite'
import { asHash, asPeerId, type PeerId, type Term, termZero } from '../base/index.ts'
import type { Ballot, Configuration, LogIndex, Position, Promised } from '../consensus/types.ts'
import * as schema from './schema.ts'
import { statement } from './statements.ts'

/** The last compacted entry, and what a restart must know of it. */
export interface Base {
  readonly position: Position
  readonly stampMs: number
  readonly configuration: Configuration
}

export interface MemberState {
  readonly ballot: Ballot
  readonly incarnation: number
  readonly haltedBecause: string | null
  readonly appliedIndex: LogIndex
  readonly base: Base
  readonly promises: Readonly<Record<PeerId, Promised>>
}

/** The one row that says what this member promised and how far it is. */
export interface MemberRow {
  read(): MemberState
  setBallot(ballot: Ballot): void
  setBase(base: Base): void
  setApplied(index: LogIndex): void
  setPromises(promises: Readonly<Record<PeerId, Promised>>): void
  setIncarnation(incarnation: number): void
  setHalted(because: string): void
}

/** Before everything. */
export const baseZero: Base = {
  position: { index: 0, term: termZero, hash: asHash('0'.repeat(64)) },
  stampMs: 0,
  configuration: { voters: [], learners: [] },
}

/** The row as it stands in the table. */
interface Stored {
  readonly term: number
  readonly voted_for: string | null
  readonly incarnation: number
  readonly halted_because: string | null
  readonly applied_index: number
  readonly base_index: number
  readonly base_term: number
  readonly base_hash: string
  readonly base_stamp_ms: number
  readonly base_configuration: string
  readonly promises: string
}

/** `firstConfiguration` counts until an entry or a snapshot brings another; it is written once, into a database that was just made. */
export const createMemberRow = (database: Database, firstConfiguration: Configuration): MemberRow => {
  const { member } = schema
  const build = drizzle(database)
  const p = (name: string) => sql`${sql.placeholder(name)}`
  const update = build.update(member)
  const whole = statement<Stored, []>(database, build.select().from(member))
  const ballot = statement<never, [number, string | null]>(database, update.set({ term: p('term'), votedFor: p('votedFor') }))
  const applied = statement<never, [number]>(database, update.set({ appliedIndex: p('index') }))
  const promises = statement<never, [string]>(database, update.set({ promises: p('promises') }))
  const incarnation = statement<never, [number]>(database, update.set({ incarnation: p('incarnation') }))
  const halted = statement<never, [string]>(database, update.set({ haltedBecause: p('because') }))
  const configuration = statement<never, [string]>(database, update.set({ baseConfiguration: p('configuration') }))
  const base = statement<never, [number, number, string, number, string]>(
    database,
    update.set({
      ...{ baseIndex: p('index'), baseTerm: p('term'), baseHash: p('hash'), baseStampMs: p('stampMs') },
      baseConfiguration: p('configuration'),
    }),
  )
  const stored = (): Stored => {
    const row = whole.get()
    if (!row) throw new Error('the row of this member is gone')
    return row
  }
  if (stored().base_configuration === '') configuration.run(JSON.stringify(firstConfiguration))

  return {
    read: () => {
      const row = stored()
      return {
        // All of it was written below, by this program: terms, peers and JSON are what they were.
        ballot: { term: row.term as Term, votedFor: row.voted_for === null ? null : asPeerId(row.voted_for) },
        incarnation: row.incarnation,
        haltedBecause: row.halted_because,
        appliedIndex: row.applied_index,
        base: {
          position: { index: row.base_index, term: row.base_term as Term, hash: asHash(row.base_hash) },
          stampMs: row.base_stamp_ms,
          configuration: JSON.parse(row.base_configuration) as Configuration,
        },
        promises: JSON.parse(row.promises) as MemberState['promises'],
      }
    },
    setBallot: ({ term, votedFor }) => void ballot.run(term, votedFor),
    setBase: ({ position: { index, term, hash }, stampMs, configuration: counts }) =>
      void base.run(index, term, hash, stampMs, JSON.stringify(counts)),
    setApplied: (index) => void applied.run(index),
    setPromises: (given) => void promises.run(JSON.stringify(given)),
    setIncarnation: (given) => void incarnation.run(given),
    setHalted: (because) => void halted.run(because),
  }
}
