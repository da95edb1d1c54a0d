import type { Database } from 'bun:sqlite'

/** Runs pieces of work on one connection, each all or nothing. */
export interface Transactions {
  /** On the platter when it returns (`synchronous=FULL`: the commit ends with an fsync of the journal). */
  durable<Result>(act: () => Result): Result
  /** Atomic, but a crash of the machine may lose it together with everything after it. */
  quick<Result>(act: () => Result): Result
}

export const createTransactions = (database: Database): Transactions => {
  const begin = database.prepare('BEGIN IMMEDIATE')
  const commit = database.prepare('COMMIT')
  const rollback = database.prepare('ROLLBACK')
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
  return { durable: (act) => run('FULL', act), quick: (act) => run('NORMAL', act) }
}
