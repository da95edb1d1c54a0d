import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '../base/index.ts'

/** The owner may do everything, nobody else anything. */
const folderMode = 0o700
const fileMode = 0o600
const othersMask = 0o077

/**
 * Makes the folder if it is missing; Fault `loose-permissions` or `wrong-owner` where others could look inside; `not-a-folder`, `forbidden`,
 * `cannot-write` or `disk-full` where it cannot be made.
 */
export const ensurePrivateFolder = (folder: string): void => {
  inWords(folder, () => mkdirSync(folder, { recursive: true, mode: folderMode }))
  assertPrivate(folder, 'folder', '700')
}

/** Reads a private file; undefined if there is none. Faults as above, `too-large` beyond `bytesMax`. */
export const readPrivateFile = (path: string, bytesMax: number): string | undefined => {
  const found = assertPrivate(path, 'file', '600')
  if (!found) return undefined
  if (!found.isFile()) throw new Fault('not-a-file', `${path} is not a regular file.`, { hint: 'Move it away, or choose another folder.' })
  if (found.size > bytesMax)
    throw new Fault('too-large', `${path} is larger than ${bytesMax} bytes.`, { hint: 'It is damaged: restore it.' })
  return readFileSync(path, 'utf8')
}

/** Writes a private file all or nothing, on disk when it returns: new file, fsync, rename, fsync of the folder. Replaces what was there. */
export const writePrivateFile = (path: string, text: string): void => {
  inWords(dirname(path), () => replaceWith(path, text))
}

const replaceWith = (path: string, text: string): void => {
  const folder = dirname(path)
  const draft = join(folder, `.${process.pid}.${Math.trunc(performance.now() * 1000)}.draft`)
  try {
    const file = openSync(draft, 'wx', fileMode)
    try {
      // Goes on after a short write, as a disk that fills up gives it.
      writeFileSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(draft, path)
  } finally {
    rmSync(draft, { force: true })
  }
  syncFolder(folder)
}

/** Makes created, renamed and removed names in a folder durable. */
export const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r')
  try {
    fsyncSync(handle)
  } finally {
    closeSync(handle)
  }
}

/** Says in words why nothing can be made in `folder`. */
const inWords = <Value>(folder: string, act: () => Value): Value => {
  try {
    return act()
  } catch (error) {
    throw folderFault(error, folder) ?? error
  }
}

/** What the system's refusal to write into a folder means; null where it is none. */
export const folderFault = (cause: unknown, folder: string): Fault | null => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
  const hint = 'Run bzzz as its owner, or choose another data folder with --data.'
  switch (code) {
    case 'EEXIST':
    case 'ENOTDIR':
      return new Fault('not-a-folder', `${folder} is no folder, or a part of it is a file.`, {
        hint: 'Move that away, or choose another data folder with --data.',
        cause,
      })
    case 'EACCES':
    case 'EPERM':
      return new Fault('forbidden', `This user may not write to ${folder}.`, { hint, cause })
    case 'EROFS':
      return new Fault('cannot-write', `${folder} is on a disk that takes no writes (mounted read-only).`, {
        hint: 'Mount it writable, or choose another data folder with --data.',
        cause,
      })
    case 'ENOSPC':
    case 'EDQUOT':
      return new Fault('disk-full', `There is no room left on the disk of ${folder}.`, {
        hint: 'Free some space, then start it again.',
        cause,
      })
    default:
      return null
  }
}

const assertPrivate = (path: string, what: 'file' | 'folder', mode: string) => {
  // A folder may be a link to where there is room; a key file may not.
  const found = what === 'folder' ? statSync(path, { throwIfNoEntry: false }) : lstatSync(path, { throwIfNoEntry: false })
  if (!found) return undefined
  const self = process.geteuid?.()
  if (self !== undefined && found.uid !== self) {
    throw new Fault('wrong-owner', `The ${what} ${path} belongs to another user (uid ${found.uid}, this is ${self}).`, {
      hint: `Run bzzz as its owner, or: chown ${self} ${path}`,
    })
  }
  if (!found.isSymbolicLink() && (found.mode & othersMask) !== 0) {
    throw new Fault('loose-permissions', `Other users may open the ${what} ${path} (mode ${(found.mode & 0o777).toString(8)}).`, {
      hint: `chmod ${mode} ${path}`,
    })
  }
  return found
}
