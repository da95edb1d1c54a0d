import type { PeerId } from '../base/index.ts'
import type { StateReader } from '../consensus/ports.ts'
import { everyRow } from './rows.ts'
import type { Row } from './spaces.ts'

const nameLengthMax = 63

/** `wanted`, or `wanted-2`, `wanted-3`, … where another member has that name: two members never share one. */
export const freeName = (state: StateReader, wanted: string, self: PeerId): string => {
  const taken = new Set<string>()
  for (const { key, value } of everyRow(state, 'members')) {
    // Rows of this space, written by apply.
    if (key !== self) taken.add((JSON.parse(value) as Row<'members'>).name)
  }
  if (!taken.has(wanted)) return wanted
  for (let n = 2; ; n++) {
    const suffix = `-${n}`
    const name = `${wanted.slice(0, nameLengthMax - suffix.length)}${suffix}`
    if (!taken.has(name)) return name
  }
}
