import { Database } from 'bun:sqlite'
import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../base/index.ts'

/**
 * Holds a data folder for this process alone; Fault `in-use` names who has it. The lock is SQLite's own on an empty file beside the
 * database: the kernel drops it when the process ends, however it ends, so there is nothing stale to clean up. The pid is only for people.
 */
export const lockFolder = (folder: string): Disposable => {
  const pidPath = join(folder, 'lock.pid')
  const lockPath = join(folder, 'lock.sqlite')
  const lock = new Database(lockPath, { create: true, readwrite: true })
  try {
    lock.run('PRAGMA busy_timeout = 0')
    lock.run('PRAGMA journal_mode = DELETE')
    lock.run('BEGIN EXCLUSIVE')
  } catch (cause) {
    lock.close()
    const pid = pidFrom(pidPath)
    throw new Fault('in-use', `The data folder ${folder} is used by another bzzz${pid === null ? '' : ` (process ${pid})`}.`, {
      hint: pid === null ? 'Stop it first, or choose another data folder.' : `Stop it first (kill ${pid}), or choose another data folder.`,
      cause,
    })
  }
  chmodSync(lockPath, 0o600)
  writeFileSync(pidPath, `${process.pid}\n`, { mode: 0o600 })
  return {
    [Symbol.dispose]: () => lock.close(),
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
