import { clampPercent } from '../cpu.ts'
import type { Memory } from '../memory.ts'
import type { Files } from '../ports.ts'
import type { Gpu } from '../types.ts'
import type { Card } from './cards.ts'
import { numberIn } from './sighting.ts'

/** Pools and load of one card as amdgpu shows them in its sysfs folder; null where it shows none. */
export interface AmdReadings {
  readonly vramTotal: number | null
  readonly vramUsed: number | null
  readonly gttTotal: number | null
  readonly gttUsed: number | null
  readonly busyPercent: number | null
  /** Format revision in the header of `gpu_metrics` (kernel, kgd_pp_interface.h): 1 for cards, 2 and 3 for APUs. */
  readonly metricsFormat: number | null
}

/** Reads a card's files. One that sleeps is not asked for its load: the question alone would wake it. */
export const readAmd = async (files: Files, { folder }: Card): Promise<AmdReadings> => {
  const number = async (name: string) => numberIn(await files.text(`${folder}/device/${name}`))
  const asleep = (await files.text(`${folder}/device/power/runtime_status`))?.trim() === 'suspended'
  const [vramTotal, vramUsed, gttTotal, gttUsed, busyPercent, header] = await Promise.all([
    number('mem_info_vram_total'),
    number('mem_info_vram_used'),
    number('mem_info_gtt_total'),
    number('mem_info_gtt_used'),
    asleep ? 0 : number('gpu_busy_percent'),
    asleep ? null : files.bytes(`${folder}/device/gpu_metrics`, 4),
  ])
  return { vramTotal, vramUsed, gttTotal, gttUsed, busyPercent, metricsFormat: header?.[2] ?? null }
}

/**
 * An AMD GPU from its readings. On an APU the kernel puts compute memory into the larger of two pools, the part set aside at boot (VRAM)
 * and borrowed main memory (GTT); that pool is what counts, and what is borrowed cannot be more than the machine has free.
 */
export const amdGpu = (model: string, driver: string | null, readings: AmdReadings, memory: Memory | null): Gpu => {
  const unified = readings.metricsFormat !== null && readings.metricsFormat >= 2
  const borrowed = unified && (readings.gttTotal ?? 0) > (readings.vramTotal ?? 0)
  const total = borrowed ? readings.gttTotal : readings.vramTotal
  const used = borrowed ? readings.gttUsed : readings.vramUsed
  const free = total === null || used === null ? null : Math.max(0, total - used)
  return {
    vendor: 'amd',
    model,
    vramTotalBytes: total,
    vramFreeBytes: borrowed && free !== null && memory !== null ? Math.min(free, memory.freeBytes) : free,
    driver,
    unified,
    busyPercent: readings.busyPercent === null ? null : clampPercent(readings.busyPercent),
  }
}
