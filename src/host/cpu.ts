import type { HostPorts } from './ports.ts'

/** Counters of /proc/stat since boot, in ticks; only differences mean anything. */
export interface CpuTimes {
  readonly busy: number
  readonly total: number
}

/** Model and number of logical processors. Arm chips do not name themselves in /proc/cpuinfo: then the board's name, then `lscpu`. */
export const detectCpu = async ({ files, run }: HostPorts): Promise<{ readonly model: string; readonly cores: number }> => {
  const info = parseCpuInfo((await files.text('/proc/cpuinfo')) ?? '')
  const board = ((await files.text('/proc/device-tree/model')) ?? '').replaceAll('\0', '').trim()
  const model = info.model ?? (board || parseLscpuModel((await run('lscpu', [])).stdout))
  return { model: model ?? 'unknown processor', cores: Math.max(1, info.cores) }
}

/** From /proc/cpuinfo: model (null where the kernel gives none), logical processors, instruction set flags. */
export const parseCpuInfo = (
  text: string,
): { readonly model: string | null; readonly cores: number; readonly flags: ReadonlySet<string> } => {
  const value = (key: string) => new RegExp(`^${key}\\s*:\\s*(.+)$`, 'im').exec(text)?.[1]?.trim()
  const model = value('model name') ?? value('cpu model') ?? null
  return {
    model: model === null ? null : tidyModel(model),
    cores: text.match(/^processor\s*:/gm)?.length ?? 0,
    flags: new Set((value('flags') ?? value('features') ?? '').split(/\s+/).filter(Boolean)),
  }
}

/** "Model name:" of lscpu; several kinds of cores give several lines, all are named. */
export const parseLscpuModel = (text: string): string | null => {
  const names = [...text.matchAll(/^\s*Model name:\s*(.+)$/gm)]
    .map((match) => tidyModel(match[1] ?? ''))
    .filter((name) => name !== '' && name !== '-')
  return names.length === 0 ? null : [...new Set(names)].join(' + ')
}

/** Counters of the first line of /proc/stat; null when it is not one. Waiting for a disk is not busy. */
export const parseCpuTimes = (text: string): CpuTimes | null => {
  const numbers = /^cpu\s+([\d ]+)/.exec(text)?.[1]?.trim().split(/\s+/).map(Number)
  if (numbers === undefined || numbers.length < 4) return null
  // user nice system idle iowait irq softirq steal; guest time is already inside user.
  const counted = numbers.slice(0, 8)
  const total = counted.reduce((sum, ticks) => sum + ticks, 0)
  return { total, busy: total - (numbers[3] ?? 0) - (numbers[4] ?? 0) }
}

/** How busy all cores were between two readings, 0 to 100; null when no time passed. */
export const busyPercent = (before: CpuTimes | null, after: CpuTimes | null): number | null => {
  if (before === null || after === null || after.total <= before.total) return null
  return clampPercent((100 * (after.busy - before.busy)) / (after.total - before.total))
}

/** A percentage with one decimal, kept within 0 to 100. */
export const clampPercent = (value: number): number => Math.round(10 * Math.min(100, Math.max(0, value))) / 10

const tidyModel = (model: string): string =>
  model
    .replaceAll(/\((?:R|TM|tm|r)\)/g, '')
    .replace(/\s+@\s.*$/, '')
    .replace(/\s+(?:\d+-Core\s+)?(?:CPU|Processor)\b.*$/, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
