import { copyFileSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../base/index.ts'

const prefix = 'bzzz-demo-'
/** The address of a socket may have 103 bytes on macOS, 107 on Linux; below this folder a node's takes 52. */
const tmpdirBytesMax = 50

/** A fresh folder for one demo, under TMPDIR; what demos that were killed left behind there is removed first. */
export const demoFolder = (): string => {
  removeLeftovers()
  if (Buffer.byteLength(tmpdir()) > tmpdirBytesMax) {
    throw new Fault('cannot-write', `The name of the folder ${tmpdir()} is too long for the sockets of the demo.`, {
      hint: 'Set TMPDIR to a folder with a shorter name.',
    })
  }
  try {
    return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-${beganAt(process.pid)}-`))
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
    const [pid, began] = name.slice(prefix.length).split('-')
    if (runs(Number(pid), began ?? '') || !isOwn(join(tmpdir(), name))) continue
    try {
      removeFolder(join(tmpdir(), name))
    } catch {
      // Another demo removes it at this moment.
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
    return readdirSync(tmpdir()).filter((name) => new RegExp(`^${prefix}\\d+-\\d+-`).test(name))
  } catch {
    return []
  }
}

/** Whether the process that made a folder still runs; another one may have got its number since. */
const runs = (pid: number, began: string): boolean => {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EPERM')) return false
  }
  return beganAt(pid) === began
}

/** When a process began, in ticks since the start of the machine (proc_pid_stat(5), field 22); 0 where there is no /proc. */
const beganAt = (pid: number): string => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')')).split(' ')[20] ?? '0'
  } catch {
    return '0'
  }
}

/** Copies the logs of all nodes to a folder of their own, which stays; returns its name. */
export const copyLogs = (folder: string): string => {
  const kept = mkdtempSync(join(tmpdir(), 'bzzz-logs-'))
  for (const name of readdirSync(folder)) if (name.endsWith('.log')) copyFileSync(join(folder, name), join(kept, name))
  return kept
}
