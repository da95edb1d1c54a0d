import { Database } from 'bun:sqlite'
import { chmodSync, closeSync, existsSync, fsyncSync, openSync, readSync, renameSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { syncFolder } from '../keys/index.ts'
import { damaged, isDamage } from './fault.ts'
import { migrate } from './migrate.ts'
import { closeDatabase } from './statements.ts'

export const databaseName = 'bzzz.sqlite'
/** Of the file format: https://www.sqlite.org/fileformat.html */
const magic = 'SQLite format 3\0'
const headerBytes = 100
const pageCountAt = 28
const pageBytes = 4096

/**
 * Opens the database of a data folder, makes it at first start. It is checked through a read-only connection before anything may write,
 * so a damaged one stays as it is. Faults: `damaged-database`, `newer-database`, `altered-database`.
 */
export const openDatabase = (folder: string, sizeBytesMax?: number): Database => {
  const path = join(folder, databaseName)
  if (existsSync(path)) examine(path)
  else if (existsSync(`${path}-wal`)) throw damaged(path, undefined, 'is missing, but its journal is there')
  else create(folder, path)
  const database = new Database(path, { readwrite: true, create: false })
  try {
    configure(database)
    migrate(database, path)
    if (sizeBytesMax !== undefined) database.run(`PRAGMA max_page_count = ${Math.ceil(sizeBytesMax / pageBytes)}`)
    return database
  } catch (error) {
    closeDatabase(database)
    throw isDamage(error) ? damaged(path, error) : error
  }
}

/** Whether the database of a data folder holds a log: then its node is in a cluster. Fault `damaged-database`. */
export const hasHistory = (folder: string): boolean => {
  const path = join(folder, databaseName)
  if (!existsSync(path)) return false
  examine(path)
  const database = openReadOnly(path)
  try {
    const held = 'SELECT EXISTS (SELECT 1 FROM log) OR EXISTS (SELECT 1 FROM member WHERE base_index > 0) AS held'
    return database.query<{ held: number }, []>(held).get()?.held === 1
  } catch (error) {
    throw isDamage(error) ? damaged(path, error) : error
  } finally {
    closeDatabase(database)
  }
}

/** A new database appears under its name only when it is whole, so an empty or half one is always damage. */
const create = (folder: string, path: string): void => {
  const draft = `${path}.new`
  for (const left of [draft, `${draft}-wal`, `${draft}-shm`]) rmSync(left, { force: true })
  const database = new Database(draft, { create: true, readwrite: true })
  chmodSync(draft, 0o600)
  configure(database)
  migrate(database, path)
  closeDatabase(database)
  const file = openSync(draft, 'r')
  fsyncSync(file)
  closeSync(file)
  renameSync(draft, path)
  syncFolder(folder)
}

const configure = (database: Database): void => {
  database.run('PRAGMA busy_timeout = 2000')
  database.run('PRAGMA journal_mode = WAL')
  database.run('PRAGMA synchronous = FULL')
  // Checkpoints are what makes p99: rare and larger ones cost less than frequent ones, none at all costs most.
  database.run('PRAGMA wal_autocheckpoint = 4000')
  database.run('PRAGMA foreign_keys = ON')
  database.run('PRAGMA cache_size = -16384')
}

const examine = (path: string): void => {
  const header = Buffer.alloc(headerBytes)
  const file = openSync(path, 'r')
  try {
    readSync(file, header, 0, header.length, 0)
  } finally {
    closeSync(file)
  }
  const { size } = statSync(path)
  if (header.toString('latin1', 0, magic.length) !== magic) throw damaged(path, undefined, size === 0 ? 'is empty' : 'is not a database')
  // With a journal beside it the file may be shorter than it says: a checkpoint was cut off, and the journal has the rest.
  const journal = statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0
  if (journal === 0 && size < header.readUInt32BE(pageCountAt) * pageBytes) throw damaged(path, undefined, 'is cut off')
  const database = openReadOnly(path)
  try {
    const answer = database.query<{ quick_check: string }, []>('PRAGMA quick_check(1)').get()?.quick_check
    if (answer !== 'ok') throw damaged(path, new Error(answer))
  } catch (error) {
    throw isDamage(error) ? damaged(path, error) : error
  } finally {
    closeDatabase(database)
  }
}

const openReadOnly = (path: string): Database => {
  try {
    return new Database(path, { readonly: true })
  } catch (error) {
    throw isDamage(error) ? damaged(path, error) : error
  }
}
