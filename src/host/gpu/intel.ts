import type { Files } from '../ports.ts'
import type { Gpu } from '../types.ts'
import type { Card } from './cards.ts'
import { numberIn } from './sighting.ts'

/** Memory of a discrete Intel card in bytes, summed over its tiles; null where the driver does not tell. */
export interface IntelReadings {
  readonly totalBytes: number | null
  readonly freeBytes: number | null
}

/** i915 shows `lmem_*` beside the card, xe one size per tile and no usage; many kernels show neither. */
export const readIntel = async (files: Files, { folder }: Card): Promise<IntelReadings> => {
  const lmem = numberIn(await files.text(`${folder}/lmem_total_bytes`))
  if (lmem !== null && lmem > 0) return { totalBytes: lmem, freeBytes: numberIn(await files.text(`${folder}/lmem_avail_bytes`)) }
  const tiles = (await files.list(`${folder}/device`)).filter((name) => /^tile\d+$/.test(name))
  const sizes = await Promise.all(
    tiles.map(async (tile) => numberIn(await files.text(`${folder}/device/${tile}/physical_vram_size_bytes`))),
  )
  const total = sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0)
  return { totalBytes: total > 0 ? total : null, freeBytes: null }
}

/**
 * An Intel GPU. Processor graphics always sit in slot 00:02.0; they share main memory and report no share of it, so none is claimed.
 * `model` is used unless the card is a known Arc.
 */
export const intelGpu = (card: Card, model: string | null, readings: IntelReadings): Gpu => {
  const arc = arcs[card.device]
  const unified = arc === undefined && readings.totalBytes === null && (card.slot === null || card.slot.endsWith(':00:02.0'))
  return {
    vendor: 'intel',
    model: arc?.model ?? model ?? (unified ? 'Intel graphics' : `Intel GPU ${card.device}`),
    vramTotalBytes: readings.totalBytes ?? (arc === undefined ? null : arc.gibibytes * 2 ** 30),
    vramFreeBytes: readings.freeBytes,
    driver: card.driver,
    unified,
    busyPercent: null,
  }
}

/** Cards with one memory size only (PCI ids of Mesa's intel device table); the A770 comes with 8 or 16 GB, the smaller is assumed. */
const arcs: Readonly<Record<string, { readonly model: string; readonly gibibytes: number }>> = {
  '56a0': { model: 'Arc A770', gibibytes: 8 },
  '56a1': { model: 'Arc A750', gibibytes: 8 },
  '56a2': { model: 'Arc A580', gibibytes: 8 },
  '56a5': { model: 'Arc A380', gibibytes: 6 },
  '56a6': { model: 'Arc A310', gibibytes: 4 },
  e20b: { model: 'Arc B580', gibibytes: 12 },
  e20c: { model: 'Arc B570', gibibytes: 10 },
}
