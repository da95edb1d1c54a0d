import { Database, SQLiteError } from 'bun:sqlite'
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../base/index.ts'
import { folderFault } from '../keys/index.ts'
import { diskFault } from './fault.ts'

/**
 * Holds a data folder for this process alone; Fault `in-use` names who has it, others say why nothing can be written there. The lock is SQLite's own on an empty file beside the
 * database: the kernel drops it when the process ends, however it ends, so there is nothing stale to clean up. The pid is only for people.
 */
export const lockFolder = (folder: string): Disposable => {
  const pidPath = join(folder, 'lock.pid')
  const lockPath = join(folder, 'lock.sqlite')
  // Made here, with the mode it shall have, because SQLite's own refusal does not say why.
  inWords(folder, () => closeSync(openSync(lockPath, 'a', 0o600)))
  const lock = new Database(lockPath, { create: false, readwrite: true })
  try {
    lock.run('PRAGMA busy_timeout = 0')
    lock.run('PRAGMA journal_mode = DELETE')
    lock.run('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    if (!(cause instanceof SQLiteError && cause.code?.startsWith('SQLITE_BUSY'))) throw diskFault(cause, folder) ?? cause
    const pid = pidFrom(pidPath)
    throw new Fault('in-use', `The data folder ${folder} is used by another bzzz${pid === null ? '' : ` (process ${pid})`}.`, {
      hint: pid === null ? 'Stop it first, or choose another data folder.' : `Stop it first (kill ${pid}), or choose another data folder.`,
      cause,
    })
  }
  try {
    writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 })
  } catch {
    // Without room for it nobody learns who holds the folder; the lock holds all the same.
  }
  return {
    [Symbol.dispose]: () => lock.close(),
  }
}

const inWords = (folder: string, act: () => void): void => {
  try {
    act()
  } catch (error) {
    throw folderFault(error, folder) ?? error
  }
}

const pidFrom = (path: string): number | null => {
  try {
    const pid = Number(readFileSync(path, 'utf8').trim())
    return Number.isInteger(pid) && pid > 0 ? pid : null
  } catch {
    return null
  }
}
