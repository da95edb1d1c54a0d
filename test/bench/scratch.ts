import { mkdtempSync, readdirSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const prefix = 'bzbench-'
const tmpfsMagic = 0x01021994

/** A folder on a real disk for the data of one run. Those of runs that died are removed first. */
export const scratchFolder = (): string => {
  for (const name of readdirSync(tmpdir())) {
    const pid = /^bzbench-(\d+)-/.exec(name)?.[1]
    if (pid !== undefined && !isRunning(Number(pid))) rmSync(join(tmpdir(), name), { recursive: true, force: true })
  }
  if (statfsSync(tmpdir()).type === tmpfsMagic) {
    throw new Error(`${tmpdir()} lies in memory, where an fsync costs nothing. Set TMPDIR to a folder on a disk.`)
  }
  return mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
}

export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true })

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
