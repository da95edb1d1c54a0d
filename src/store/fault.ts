import { SQLiteError } from 'bun:sqlite'
import { Fault } from '../base/index.ts'

/** What SQLite or the system says when a write fails for a reason outside of this program; anything else is a defect and goes on as it is. */
export const diskFault = (error: unknown, path: string): Fault | null => {
  if (error instanceof Fault) return error
  const code = codeOf(error)
  if (code === 'SQLITE_FULL' || code === 'ENOSPC' || code === 'EDQUOT') {
    return new Fault('disk-full', `There is no room left on the disk of ${path}.`, {
      hint: 'Free some space; bzzz goes on by itself.',
      cause: error,
    })
  }
  if (code.startsWith('SQLITE_IOERR') || code === 'SQLITE_READONLY' || code === 'EIO' || code === 'EROFS') {
    return new Fault('disk-error', `The disk of ${path} cannot be written (${code}).`, {
      hint: 'Look at the kernel log and the mount.',
      cause: error,
    })
  }
  if (isDamage(error)) return damaged(path, error)
  return null
}

/** True where SQLite says that the file is no database or a broken one. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(CORRUPT|NOTADB)/.test(codeOf(error))

export const damaged = (path: string, cause?: unknown, what = 'is damaged'): Fault =>
  new Fault('damaged-database', `The database ${path} ${what}.`, {
    hint: 'Nothing was changed. Move the data folder away and let this node join the cluster anew; the others have everything it had.',
    cause,
  })

const codeOf = (error: unknown): string => {
  if (error instanceof SQLiteError && error.code !== undefined) return error.code
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : ''
}
