import type { Database } from 'bun:sqlite'
import { join } from 'node:path'
import { Fault, type Hash } from '../base/index.ts'
import type { Disk, Machine, Outcome, StateReader, Work } from '../consensus/ports.ts'
import type { Configuration } from '../consensus/types.ts'
import { ensurePrivateFolder } from '../keys/index.ts'
import { createDatastore, type SqliteDatastore } from './datastore.ts'
import { diskFault } from './fault.ts'
import { lockFolder } from './lock.ts'
import { createLogRows } from './log-rows.ts'
import { createMemberRow, type MemberState } from './member-row.ts'
import { databaseName, openDatabase } from './open-database.ts'
import { isDurable, type Progress, perform, standingAt, type Tables } from './perform.ts'
import { createSnapshotIncoming } from './snapshot-incoming.ts'
import { createSnapshotsMade } from './snapshots-made.ts'
import { createStateRows } from './state-rows.ts'
import { closeDatabase } from './statements.ts'
import { createTransactions, type Timings } from './transactions.ts'

export interface StoreOptions {
  readonly folder: string
  readonly machine: Machine
  /** Who counts before the first entry: the founder. Used when the database is made. */
  readonly firstConfiguration?: Configuration
  /** The hold on the folder where the caller has it already; else the store takes it and lets go when it closes. */
  readonly lock?: Disposable
  /** The database never grows beyond this; then writes fail with `disk-full`. Unlimited unless given. */
  readonly sizeBytesMax?: number
}

/** The disk of one member, the applied state for reading, and libp2p's datastore: all in one SQLite file of a folder nobody else uses. */
export interface Store extends Disk, Disposable {
  /** The state as applied now, for pages and commands. */
  readonly state: StateReader
  readonly datastore: SqliteDatastore
  /** How many rows a space of the state has. */
  count(space: string): number
  /** The root and the applied index it belongs to. */
  rootAt(): { readonly index: number; readonly root: Hash }
  timings(): Timings
}

/**
 * Opens the data folder and counts one more incarnation. Faults: `in-use`, `damaged-database`, `newer-database`, `altered-database`,
 * `loose-permissions`, `wrong-owner`, `disk-full`. `commit` works synchronously: `done` is called, after the fsync, before it returns.
 */
export const openStore = ({ folder, machine, firstConfiguration = nobody, sizeBytesMax, lock: held }: StoreOptions): Store => {
  ensurePrivateFolder(folder)
  const snapshotFolder = join(folder, 'snapshots')
  ensurePrivateFolder(snapshotFolder)
  const lock = held === undefined ? lockFolder(folder) : { [Symbol.dispose]: () => {} }
  let database: Database | undefined
  try {
    database = openDatabase(folder, sizeBytesMax)
    return storeOver(database, { folder, snapshotFolder, machine, firstConfiguration, lock })
  } catch (error) {
    if (database) closeDatabase(database)
    lock[Symbol.dispose]()
    throw diskFault(error, folder) ?? error
  }
}

interface Opened {
  readonly folder: string
  readonly snapshotFolder: string
  readonly machine: Machine
  readonly firstConfiguration: Configuration
  readonly lock: Disposable
}

const storeOver = (database: Database, { folder, snapshotFolder, machine, firstConfiguration, lock }: Opened): Store => {
  const path = join(folder, databaseName)
  const transactions = createTransactions(database)
  const member = createMemberRow(database, firstConfiguration)
  const log = createLogRows(database)
  const rows = createStateRows(database)
  const incoming = createSnapshotIncoming(snapshotFolder)
  const tables: Tables = { folder, member, log, rows, incoming, machine }
  const started = transactions.durable(() => {
    member.setIncarnation(member.read().incarnation + 1)
    return member.read()
  })
  let progress = progressOf(started, log.lastIndex())
  const made = createSnapshotsMade(snapshotFolder, rows, () => ({
    ...standingAt(log, progress.base, progress.appliedIndex),
    baseIndex: progress.base.position.index,
  }))

  const tryWork = (work: Work): Outcome | Fault => {
    try {
      const act = () => perform(tables, progress, work)
      const { outcome, progress: now } = isDurable(work) ? transactions.durable(act) : transactions.quick(act)
      progress = now
      return outcome
    } catch (error) {
      rows.forget()
      const fault = diskFault(error, path)
      if (fault === null) throw error
      return fault
    }
  }

  return {
    state: rows,
    datastore: createDatastore(database, transactions),
    load: () => {
      const { ballot, incarnation, base, appliedIndex, promises, haltedBecause } = member.read()
      const { position, stampMs, configuration } = base
      const entries = log.after(position.index)
      return {
        ...{ ballot, incarnation, base: position, baseStampMs: stampMs, baseConfiguration: configuration },
        ...{ entries, appliedIndex, promises, haltedBecause },
      }
    },
    commit: (work, done) => {
      const outcome = tryWork(work)
      if (work.install && !(outcome instanceof Fault)) incoming.drop()
      if (work.install && outcome instanceof Fault && outcome.code === 'bad-snapshot') incoming.drop()
      done(outcome)
    },
    root: () => guarded(path, () => rows.root()),
    rootAt: () => ({ index: progress.appliedIndex, root: rows.root() }),
    count: (space) => rows.count(space),
    timings: () => transactions.timings(),
    halt: (because) =>
      guarded(path, () =>
        transactions.durable(() => {
          // The first reason is the one that matters.
          if (member.read().haltedBecause === null) member.setHalted(because)
        }),
      ),
    snapshots: {
      take: (atLeast) => guarded(snapshotFolder, () => made.take(atLeast)),
      read: (id, offset, lengthMax) => guarded(snapshotFolder, () => made.read(id, offset, lengthMax)),
      receive: (offer) => guarded(snapshotFolder, () => incoming.receive(offer)),
      write: (id, offset, bytes) => guarded(snapshotFolder, () => incoming.write(id, offset, bytes)),
    },
    [Symbol.dispose]: () => {
      closeDatabase(database)
      lock[Symbol.dispose]()
    },
  }
}

/** What the disk refuses becomes a Fault, as the port promises; a defect stays what it is. */
const guarded = <Result>(path: string, act: () => Result): Result => {
  try {
    return act()
  } catch (error) {
    throw diskFault(error, path) ?? error
  }
}

const nobody: Configuration = { voters: [], learners: [] }

const progressOf = ({ base, appliedIndex }: MemberState, lastIndex: number | undefined): Progress => ({
  base,
  appliedIndex,
  lastIndex: lastIndex ?? base.position.index,
})
