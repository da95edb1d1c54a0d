import { closeSync, fsyncSync, lstatSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { Fault } from '../base/index.ts'

/** The owner may do everything, nobody else anything. */
const folderMode = 0o700
const fileMode = 0o600
const othersMask = 0o077

/** Makes the folder if it is missing; Fault `loose-permissions` or `wrong-owner` where others could look inside. */
export const ensurePrivateFolder = (folder: string): void => {
  mkdirSync(folder, { recursive: true, mode: folderMode })
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
