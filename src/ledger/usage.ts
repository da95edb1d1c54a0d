import type { StateReader, StateView } from '../consensus/ports.ts'
import { recordCharsMax, recordsMax, valueBytesMax } from './limits.ts'
import { readMeta, writeMeta } from './rows.ts'

/** How much the records take, tombstones included: counted at apply, so that no member can fill the disks of all. */
export interface Usage {
  records: number
  /** Length of their rows. */
  chars: number
  changed: boolean
}

export const readUsage = (state: StateReader): Usage => {
  const row = readMeta(state, 'usage')
  return { records: row?.records ?? 0, chars: row?.chars ?? 0, changed: false }
}

/** Once for each batch. */
export const keepUsage = (state: StateView, { records, chars, changed }: Usage): void => {
  if (changed) writeMeta(state, { kind: 'usage', records, chars })
}

/** Counts a row that replaces one of `before` chars (0: there was none). */
export const countRow = (usage: Usage, before: number, after: number): void => {
  if (before === 0) usage.records += 1
  usage.chars += after - before
  usage.changed = true
}

/** True where any one record still fits: the hot path looks no closer. */
export const isRoomy = ({ records, chars }: Usage): boolean => records < recordsMax && chars + 2 * valueBytesMax <= recordCharsMax

/** Why a member's write would need more room than there is; null if it fits. What does not grow always fits. */
export const lackOfRoom = (usage: Usage, before: number, after: number): string | null => {
  if (before === 0 && usage.records >= recordsMax) return `There are ${recordsMax} records; no more can be added.`
  if (after > before && usage.chars + after - before > recordCharsMax) return 'The records take all the room they may.'
  return null
}
