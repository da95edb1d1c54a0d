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

export const createMemberRow = (database: Database, firstConfiguration: Configuration): MemberRow => {
  const { member } = schema
  const build = drizzle(database)
  const p = (name: string) => sql`${sql.placeholder(name)}`
  build
    .insert(member)
    .values({
      ...{ id: 1, term: 0, incarnation: 0, appliedIndex: 0, baseIndex: 0, baseTerm: 0, baseStampMs: 0, promises: '{}' },
      ...{ baseHash: baseZero.position.hash, baseConfiguration: JSON.stringify(firstConfiguration) },
    })
    .onConflictDoNothing()
    .run()
  const update = build.update(member)
  const ballot = statement<never, [number, string | null]>(database, update.set({ term: p('term'), votedFor: p('votedFor') }))
  const applied = statement<never, [number]>(database, update.set({ appliedIndex: p('index') }))
  const promises = statement<never, [string]>(database, update.set({ promises: p('promises') }))
  const base = statement<never, [number, number, string, number, string]>(
    database,
    update.set({
      ...{ baseIndex: p('index'), baseTerm: p('term'), baseHash: p('hash'), baseStampMs: p('stampMs') },
      baseConfiguration: p('configuration'),
    }),
  )

  return {
    read: () => {
      const row = build.select().from(member).get()
      if (!row) throw new Error('the row of this member is gone')
      return {
        // All of it was written below, by this program: terms, peers and JSON are what they were.
        ballot: { term: row.term as Term, votedFor: row.votedFor === null ? null : asPeerId(row.votedFor) },
        incarnation: row.incarnation,
        haltedBecause: row.haltedBecause,
        appliedIndex: row.appliedIndex,
        base: {
          position: { index: row.baseIndex, term: row.baseTerm as Term, hash: asHash(row.baseHash) },
          stampMs: row.baseStampMs,
          configuration: JSON.parse(row.baseConfiguration) as Configuration,
        },
        promises: JSON.parse(row.promises) as MemberState['promises'],
      }
    },
    setBallot: ({ term, votedFor }) => void ballot.run(term, votedFor),
    setBase: ({ position: { index, term, hash }, stampMs, configuration }) =>
      void base.run(index, term, hash, stampMs, JSON.stringify(configuration)),
    setApplied: (index) => void applied.run(index),
    setPromises: (given) => void promises.run(JSON.stringify(given)),
    setIncarnation: (incarnation) => void build.update(member).set({ incarnation }).run(),
    setHalted: (because) => void build.update(member).set({ haltedBecause: because }).run(),
  }
}
