import { z } from 'zod'
import { clampPercent } from '../cpu.ts'
import type { Ran } from '../ports.ts'
import { type GpuProblem, numberIn } from './sighting.ts'

/** Arguments of rocm-smi whose output `parseRocm` reads. */
export const rocmQuery: readonly string[] = [
  '--showproductname',
  '--showmeminfo',
  'vram',
  'gtt',
  '--showuse',
  '--showbus',
  '--showdriverversion',
  '--json',
]

export interface RocmCard {
  /** 0000:03:00.0, lower case; null where this version does not say. */
  readonly slot: string | null
  readonly model: string | null
  readonly vramTotal: number | null
  readonly vramUsed: number | null
  readonly busyPercent: number | null
}

export interface RocmReport {
  readonly cards: readonly RocmCard[]
  readonly driver: string | null
  readonly problem: GpuProblem | null
}

const shape = z.record(z.string(), z.unknown())

/**
 * Reads `rocm-smi --json` of ROCm 3 to 7: names of fields changed case and unit over the years, warnings may stand before the JSON,
 * and a machine without a working driver prints none at all.
 */
export const parseRocm = (ran: Ran): RocmReport => {
  const nothing: RocmReport = { cards: [], driver: null, problem: null }
  if (ran.problem === 'missing') return nothing
  if (ran.problem !== null) return { ...nothing, problem: noAnswer }
  if (/Driver not initialized|not found in modules/i.test(ran.stdout + ran.stderr)) return { ...nothing, problem: driverSilent }
  const report = objectIn(ran.stdout)
  if (report === null) return nothing
  const cards = Object.entries(report).flatMap(([key, value]) => {
    const fields = shape.safeParse(value)
    return /^card\s*:?\s*\d+$/i.test(key) && fields.success ? [readCard(fields.data)] : []
  })
  const system = shape.safeParse(report.system)
  return { cards, driver: system.success ? field(system.data, /^driver version$/i) : null, problem: null }
}

const readCard = (fields: Record<string, unknown>): RocmCard => ({
  slot: /[0-9a-f]{4}:[0-9a-f]{2}:[0-9a-f]{2}\.\d/i.exec(field(fields, /^pci bus$/i) ?? '')?.[0]?.toLowerCase() ?? null,
  // "Card Model" is the name before ROCm 4 and a number ("0x744c") since; the series may be either as well.
  model:
    [/^card series$/i, /^device name$/i, /^card model$/i].map((name) => nameIn(field(fields, name))).find((name) => name !== null) ?? null,
  vramTotal: bytes(fields, /^vram total memory \((B|MiB)\)$/i),
  vramUsed: bytes(fields, /^vram total used memory \((B|MiB)\)$/i),
  busyPercent: percent(field(fields, /^gpu use \(%\)$/i)),
})

const field = (fields: Record<string, unknown>, name: RegExp): string | null => {
  const value = Object.entries(fields).find(([key]) => name.test(key))?.[1]
  return typeof value === 'string' || typeof value === 'number' ? String(value).trim() : null
}

const bytes = (fields: Record<string, unknown>, name: RegExp): number | null => {
  const key = Object.keys(fields).find((candidate) => name.test(candidate))
  const value = key === undefined ? null : numberIn(field(fields, name))
  return value === null ? null : Math.round(value * (key?.includes('MiB') ? 2 ** 20 : 1))
}

const percent = (text: string | null): number | null => {
  const value = numberIn(text)
  return value === null ? null : clampPercent(value)
}

const nameIn = (text: string | null): string | null =>
  text === null || text === '' || /^(0x[0-9a-f]+|n\/a|unknown)$/i.test(text) ? null : text

const objectIn = (text: string): Record<string, unknown> | null => {
  const start = text.indexOf('{')
  const end = text.lastIndexOf('}')
  if (start === -1 || end < start) return null
  try {
    const parsed = shape.safeParse(JSON.parse(text.slice(start, end + 1)))
    return parsed.success ? parsed.data : null
  } catch {
    return null
  }
}

const noAnswer: GpuProblem = {
  code: 'no-answer',
  message: 'rocm-smi did not answer within 2 s, so what it knows of the AMD GPUs is missing.',
  remedy: 'rocm-smi',
}

const driverSilent: GpuProblem = {
  code: 'driver-silent',
  message: 'The amdgpu driver is not loaded, so the AMD GPUs are not counted.',
  remedy: 'sudo modprobe amdgpu',
}
