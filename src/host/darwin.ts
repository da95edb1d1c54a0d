import type { Memory } from './memory.ts'
import type { HostPorts } from './ports.ts'
import type { Capabilities } from './types.ts'

/*
 * macOS has no /proc; systeminformation knows its commands. It is loaded only there, because a Linux node would pay for it and never use it.
 */

/** Processor of a Mac. */
export const darwinCpu = async ({ run }: HostPorts): Promise<{ readonly model: string; readonly cores: number }> => {
  const [brand, cores] = await Promise.all([run('sysctl', ['-n', 'machdep.cpu.brand_string']), run('sysctl', ['-n', 'hw.logicalcpu'])])
  return { model: brand.stdout.trim() || 'Apple processor', cores: Math.max(1, Number.parseInt(cores.stdout, 10) || 1) }
}

/** Total and available memory of a Mac. */
export const darwinMemory = async (): Promise<Memory> => {
  const { mem } = await import('systeminformation')
  const found = await mem()
  return { totalBytes: found.total, freeBytes: found.available }
}

/** Load of all cores since the last call. */
export const darwinBusy = async (): Promise<number | null> => {
  const { currentLoad } = await import('systeminformation')
  return (await currentLoad()).currentLoad
}

/** The volume that holds the data folder; all volumes of one container share its space, so it is the only one named. */
export const darwinDisks = async ({ files }: HostPorts, dataFolder: string): Promise<Capabilities['disks']> => {
  for (const mount of [dataFolder, '/System/Volumes/Data', '/']) {
    const space = await files.space(mount)
    if (space !== null) return [{ mount: mount === dataFolder ? '/System/Volumes/Data' : mount, ...space }]
  }
  return []
}
