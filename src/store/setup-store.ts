import { Database } from 'bun:sqlite'
import { chmodSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { eq } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/bun-sqlite'
import type { SetupStore } from '../setup/ports.ts'
import { migrate } from './migrate.ts'
import first from './migrations/setup-0001-first.sql' with { type: 'text' }
import { setup } from './setup-schema.ts'

const fileName = 'setup.sqlite'
const row = 1

/** Opens the set-up database of a data folder (0600), made when it is first needed. A node in a cluster has none. */
export const openSetupStore = (folder: string): SetupStore => {
  const path = join(folder, fileName)
  const database = new Database(path, { create: true, readwrite: true })
  chmodSync(path, 0o600)
  database.run('PRAGMA busy_timeout = 2000')
  database.run('PRAGMA journal_mode = WAL')
  database.run('PRAGMA synchronous = FULL')
  migrate(database, path, [first])
  const tables = drizzle(database)
  tables.insert(setup).values({ id: row, codeExpiresMs: 0, draft: '{}' }).onConflictDoNothing().run()
  const read = (from: Pick<typeof tables, 'select'>) => {
    const found = from.select().from(setup).where(eq(setup.id, row)).get()
    if (found === undefined) throw new Error('The set-up database has no row.')
    return found
  }
  return {
    read: () => read(tables),
    newCode: (codeHash, codeExpiresMs) =>
      void tables.update(setup).set({ codeHash, codeExpiresMs, sessionHash: null }).where(eq(setup.id, row)).run(),
    claim: (fits, sessionHash) =>
      tables.transaction(
        (within) => {
          const { codeHash, codeExpiresMs, sessionHash: taken } = read(within)
          if (codeHash === null || taken !== null || !fits(codeHash, codeExpiresMs)) return false
          within.update(setup).set({ codeHash: null, sessionHash }).where(eq(setup.id, row)).run()
          return true
        },
        // Takes the write lock before it reads, so that of all claims on all connections one wins.
        { behavior: 'immediate' },
      ),
    saveDraft: (draft) => void tables.update(setup).set({ draft }).where(eq(setup.id, row)).run(),
    [Symbol.dispose]: () => database.close(),
  }
}

/** Removes what set-up kept in a data folder. */
export const removeSetupStore = (folder: string): void => {
  for (const ending of ['', '-wal', '-shm']) rmSync(join(folder, `${fileName}${ending}`), { force: true })
}
