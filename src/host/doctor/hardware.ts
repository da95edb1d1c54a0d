import { showDisk, showMemory } from '../amounts.ts'
import { parseCpuInfo } from '../cpu.ts'
import type { GpuProblem } from '../gpu/index.ts'
import type { Files } from '../ports.ts'
import type { Capabilities, Finding, Gpu } from '../types.ts'
import { fail, ok, warn } from './finding.ts'

/** Processor and memory. The standard x64 executable needs AVX2. */
export const diagnoseProcessor = async (files: Files, { os, cpu, memory }: Capabilities): Promise<readonly Finding[]> => {
  const info = os.platform === 'linux' && os.arch === 'x64' ? parseCpuInfo((await files.text('/proc/cpuinfo')) ?? '') : null
  const name = `${cpu.model}, ${cpu.cores} ${cpu.cores === 1 ? 'core' : 'cores'}`
  const lacksAvx2 = info !== null && info.flags.size > 0 && !info.flags.has('avx2')
  return [
    lacksAvx2
      ? warn('cpu', `${name}: no AVX2, which the standard executable needs.`, 'use the executable for linux-x64-baseline')
      : ok('cpu', `${name}${info?.flags.has('avx2') ? ', AVX2' : ''}.`),
    diagnoseMemory(memory),
  ]
}

const gibibyte = 2 ** 30

const diagnoseMemory = ({ totalBytes, freeBytes }: Capabilities['memory']): Finding => {
  if (totalBytes === 0) return warn('memory', 'The memory of this machine cannot be read.', 'cat /proc/meminfo')
  const amounts = `${showMemory(freeBytes)} of ${showMemory(totalBytes)} free`
  if (freeBytes < 0.25 * gibibyte) return fail('memory', `Memory is short: ${amounts}.`, 'stop what uses it: ps aux --sort=-rss | head')
  if (freeBytes < gibibyte) return warn('memory', `Memory is low: ${amounts}.`, 'see what uses it: ps aux --sort=-rss | head')
  return ok('memory', `${amounts}.`)
}

/** Space where bzzz keeps its data, and the other disks. */
export const diagnoseDisks = ({ disks }: Capabilities, dataFolder: string): readonly Finding[] => {
  const [data, ...others] = disks
  if (data === undefined) return [warn('disk', `The disk that holds ${dataFolder} cannot be read.`, `df -h ${dataFolder}`)]
  const amounts = `${showDisk(data.freeBytes)} of ${showDisk(data.totalBytes)} free on ${data.mount}, which holds ${dataFolder}`
  const remedy = `see what fills it: sudo du -xh ${data.mount} --max-depth=2 | sort -h | tail`
  return [
    data.freeBytes < 1e9
      ? fail('disk', `The disk is full: ${amounts}.`, remedy)
      : data.freeBytes < 0.1 * data.totalBytes
        ? warn('disk', `The disk is nearly full: ${amounts}. No model is placed below 10 %.`, remedy)
        : ok('disk', `${amounts}.`),
    ...others.map(({ mount, freeBytes, totalBytes }) => ok('disk', `${showDisk(freeBytes)} of ${showDisk(totalBytes)} free on ${mount}.`)),
  ]
}

/** What can compute, and what could if its driver worked. */
export const diagnoseGpus = (gpus: readonly Gpu[], problems: readonly GpuProblem[]): readonly Finding[] => [
  ...gpus.map((gpu) => ok('gpu', describe(gpu))),
  ...problems.map(({ message, remedy }) => warn('gpu', message, remedy)),
  ...(gpus.length === 0 && problems.length === 0 ? [ok('gpu', 'None; models run on the processor.')] : []),
]

const describe = ({ vendor, model, vramTotalBytes, vramFreeBytes, driver, unified }: Gpu): string => {
  const name = model.toLowerCase().includes(vendor) ? model : `${vendorNames[vendor]} ${model}`
  const kind = unified ? 'memory shared with the processor' : 'VRAM'
  const size = vramTotalBytes === null ? `${kind}, size not known` : `${showMemory(vramTotalBytes)} ${kind}`
  const free = vramFreeBytes === null ? '' : `, ${showMemory(vramFreeBytes)} free`
  return `${name}: ${size}${free}${driver === null ? '' : `, driver ${driver}`}.`
}

const vendorNames = { nvidia: 'NVIDIA', amd: 'AMD', intel: 'Intel', apple: 'Apple' } as const
