import type { Database } from 'bun:sqlite'
import { Fault, sha256 } from '../base/index.ts'
import first from './migrations/0001-first.sql' with { type: 'text' }

/** Never edited once released: a change of tables is a new file and a new line. */
const nodeSteps: readonly string[] = [first]

export const newestVersion = nodeSteps.length

/**
 * Brings the tables up to this program, each step in a transaction of its own; does nothing where they are. Faults `newer-database`,
 * `altered-database`.
 */
export const migrate = (database: Database, path: string, steps: readonly string[] = nodeSteps): void => {
  database.run('CREATE TABLE IF NOT EXISTS migrations (version INTEGER PRIMARY KEY NOT NULL, checksum TEXT NOT NULL) STRICT')
  const seen = database.query<{ version: number; checksum: string }, []>('SELECT version, checksum FROM migrations ORDER BY version').all()
  const newest = seen.at(-1)?.version ?? 0
  if (newest > steps.length) {
    throw new Fault(
      'newer-database',
      `The database ${path} was written by a newer bzzz (tables ${newest}, this program knows ${steps.length}).`,
      {
        hint: 'Install that version of bzzz again; nothing was changed.',
      },
    )
  }
  steps.forEach((sql, at) => {
    const version = at + 1
    const checksum = sha256(sql)
    const known = seen[at]
    if (known === undefined) {
      database.transaction(() => {
        database.run(sql)
        database.query('INSERT INTO migrations (version, checksum) VALUES (?, ?)').run(version, checksum)
      })()
    } else if (known.version !== version || known.checksum !== checksum) {
      throw new Fault('altered-database', `The database ${path} has other tables of version ${version} than this program.`, {
        hint: 'It was written by another build of bzzz: use that one, or move the data folder away and join the cluster again.',
      })
    }
  })
}
