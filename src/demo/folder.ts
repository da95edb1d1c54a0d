import { copyFileSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../base/index.ts'

const prefix = 'bzzz-demo-'

/** A fresh folder for one demo, under TMPDIR; what demos that were killed left behind there is removed first. */
export const demoFolder = (): string => {
  removeLeftovers()
  try {
    return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  } catch (cause) {
    throw new Fault('cannot-write', `The demo cannot make a folder in ${tmpdir()}.`, {
      hint: 'Set TMPDIR to a folder that exists, takes writes and has some space.',
      cause,
    })
  }
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true, maxRetries: 3 })

/** A configuration without any setting, so that neither this machine's nor this user's is read. */
export const emptyConfig = (folder: string): string => {
  const file = join(folder, 'config.yaml')
  writeFileSync(file, '# Everything is given by flags.\n')
  return file
}

/** Folders of demos whose process is gone. Those of other users stay. */
const removeLeftovers = (): void => {
  for (const name of leftovers()) {
    const pid = Number(name.slice(prefix.length).split('-')[0])
    if (pid === process.pid || isDemo(pid) || !isOwn(join(tmpdir(), name))) continue
    try {
      removeFolder(join(tmpdir(), name))
    } catch {
      // Another user's, or another demo removes it at this moment.
    }
  }
}

/** Even root removes only what it made: another user could swap a folder for a link while it is being emptied. */
const isOwn = (path: string): boolean => {
  const found = lstatSync(path, { throwIfNoEntry: false })
  return found?.isDirectory() === true && found.uid === process.geteuid?.()
}

const leftovers = (): string[] => {
  try {
    return readdirSync(tmpdir()).filter((name) => new RegExp(`^${prefix}\\d+-`).test(name))
  } catch {
    return []
  }
}

/** Whether a demo runs under this process number; another program may have got the number since. */
const isDemo = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').includes('demo')
  } catch {
    return true
  }
}

/** Copies the logs of all nodes to a folder of their own, which stays; returns its name. */
export const copyLogs = (folder: string): string => {
  const kept = mkdtempSync(join(tmpdir(), 'bzzz-logs-'))
  for (const name of readdirSync(folder)) if (name.endsWith('.log')) copyFileSync(join(folder, name), join(kept, name))
  return kept
}
