import type { Database } from 'bun:sqlite'
import { keep } from './statements.ts'

/** Runs pieces of work on one connection, each all or nothing. */
export interface Transactions {
  /** On the platter when it returns (`synchronous=FULL`: the commit ends with an fsync of the journal). */
  durable<Result>(act: () => Result): Result
  /** Atomic, but a crash of the machine may lose it together with everything after it. */
  quick<Result>(act: () => Result): Result
  /** Of the durable ones, since the start: what `/metrics` shows. */
  timings(): Timings
}

export interface Timings {
  readonly commits: number
  readonly sumSeconds: number
  /** The longest of the last minute or so: two windows of 30 s. */
  readonly maxSecondsRecent: number
}

const windowMs = 30_000

export const createTransactions = (database: Database): Transactions => {
  const begin = keep(database, database.prepare('BEGIN IMMEDIATE'))
  const commit = keep(database, database.prepare('COMMIT'))
  const rollback = keep(database, database.prepare('ROLLBACK'))
  let level: 'FULL' | 'NORMAL' = 'FULL'
  database.run('PRAGMA synchronous = FULL')

  const run = <Result>(wanted: 'FULL' | 'NORMAL', act: () => Result): Result => {
    if (level !== wanted) {
      // Unknown until it succeeded: SQLite ignores the change inside a transaction, and there is none here.
      database.run(`PRAGMA synchronous = ${wanted}`)
      level = wanted
    }
    begin.run()
    try {
      const result = act()
      commit.run()
      return result
    } catch (error) {
      // SQLite may have rolled back by itself (full disk, I/O error).
      if (database.inTransaction) rollback.run()
      throw error
    }
  }
  let commits = 0
  let sumSeconds = 0
  let window = { fromMs: performance.now(), max: 0, formerMax: 0 }
  const count = (seconds: number): void => {
    commits += 1
    sumSeconds += seconds
    const nowMs = performance.now()
    if (nowMs - window.fromMs > windowMs) window = { fromMs: nowMs, max: 0, formerMax: window.max }
    window.max = Math.max(window.max, seconds)
  }
  return {
    durable: (act) => {
      const fromMs = performance.now()
      const result = run('FULL', act)
      count((performance.now() - fromMs) / 1000)
      return result
    },
    quick: (act) => run('NORMAL', act),
    timings: () => ({ commits, sumSeconds, maxSecondsRecent: Math.max(window.max, window.formerMax) }),
  }
}
