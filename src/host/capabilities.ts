import { busyPercent, type CpuTimes, clampPercent, detectCpu, parseCpuTimes } from './cpu.ts'
import { darwinBusy, darwinCpu, darwinDisks, darwinMemory } from './darwin.ts'
import { detectMounts, measureDisks } from './disks.ts'
import { detectGpus, type GpuSighting } from './gpu/index.ts'
import { type Memory, parseMemory } from './memory.ts'
import { ollamaCapability, ollamaUrlDefault, probeOllama } from './ollama/index.ts'
import { detectSystem } from './operating-system.ts'
import type { HostPorts } from './ports.ts'
import type { Capabilities } from './types.ts'

export interface DetectOptions extends HostPorts {
  /** Need not exist yet. */
  readonly dataFolder: string
  readonly ollamaUrl?: string
}

/** A machine looked at once, with the means to look at the changing parts again. Each means does one thing and never throws. */
export interface Detected {
  readonly capabilities: Capabilities
  readonly gpuProblems: GpuSighting['problems']
  readonly look: {
    /** Load since the last call, memory, disks: three small files and one system call per disk. */
    quick(): Promise<Pick<Capabilities, 'memory' | 'disks'> & { readonly busyPercent: number | null }>
    gpus(memory: Memory): Promise<GpuSighting>
    ollama(): Promise<Capabilities['ollama']>
  }
}

/** What this machine has, now. `cpu.busyPercent` is null: load is a difference between two looks. */
export const detectCapabilities = async (options: DetectOptions): Promise<Capabilities> => (await detect(options)).capabilities

/** As `detectCapabilities`, and keeps what is needed to look again cheaply. */
export const detect = async (options: DetectOptions): Promise<Detected> => {
  const ollama = () => probeOllama(options, options.ollamaUrl ?? ollamaUrlDefault).then(ollamaCapability)
  const quick = options.platform === 'darwin' ? darwinQuick(options) : await linuxQuick(options)
  const [os, cpu, first, ollamaSeen] = await Promise.all([
    detectSystem(options),
    options.platform === 'darwin' ? darwinCpu(options) : detectCpu(options),
    quick(),
    ollama(),
  ])
  const gpu = await detectGpus(options, first.memory)
  return {
    capabilities: {
      os,
      cpu: { ...cpu, busyPercent: null },
      memory: first.memory,
      disks: first.disks,
      gpus: gpu.seen.gpus,
      ollama: ollamaSeen,
    },
    gpuProblems: gpu.seen.problems,
    look: { quick, gpus: gpu.refresh, ollama },
  }
}

const nothing: Memory = { totalBytes: 0, freeBytes: 0 }

const linuxQuick = async ({ files, dataFolder }: DetectOptions): Promise<Detected['look']['quick']> => {
  const folders = (await detectMounts(files, dataFolder)).map(({ folder }) => folder)
  let before: CpuTimes | null = null
  return async () => {
    const [stat, meminfo, disks] = await Promise.all([files.text('/proc/stat'), files.text('/proc/meminfo'), measureDisks(files, folders)])
    const now = parseCpuTimes(stat ?? '')
    const busy = busyPercent(before, now)
    before = now ?? before
    return { memory: parseMemory(meminfo ?? '') ?? nothing, disks, busyPercent: busy }
  }
}

const darwinQuick =
  (options: DetectOptions): Detected['look']['quick'] =>
  async () => {
    const [memory, busy, disks] = await Promise.all([darwinMemory(), darwinBusy(), darwinDisks(options, options.dataFolder)])
    return { memory, disks, busyPercent: busy === null ? null : clampPercent(busy) }
  }
