import { nameSize, shortened } from './geometry.ts'
import type { Anchor, Mapped, Places, Spot, ZoneMark } from './types.ts'
import { byZone } from './zones.ts'

/** Half the distance between the two columns: room for two round trips and the lines between them. */
export const columnAt = 84
const rowHeight = 36
const headingHeight = 24
const groupGap = 14
const nameLettersMax = 12

interface Row {
  readonly zone: string | null
  readonly member: Mapped
}

/**
 * More than a dozen machines stand in two columns, zone under zone: left, then right. On a circle lines would pass through third machines and
 * the picture would outgrow a phone; here every machine has a row of its own for its name and its round trip.
 */
export const columns = (members: readonly Mapped[]): Places => {
  const zones = byZone(members)
  const rows = zones.flatMap((zone) => zone.members.map((member) => ({ zone: zone.name, member })))
  const headed = zones.length > 1
  const heightOf = (some: readonly Row[]) => some.reduce((height, row, index) => height + rowHeight + headroom(some, row, index, headed), 0)
  // The cut that leaves the two columns most equal in height; the earliest one where several do.
  const cuts = rows.map((_, cut) => Math.abs(heightOf(rows.slice(0, cut)) - heightOf(rows.slice(cut))))
  const cut = cuts.indexOf(Math.min(...cuts))
  const left = column(rows.slice(0, cut), -1, headed)
  const right = column(rows.slice(cut), 1, headed)
  return { shape: 'columns', spots: [...left.spots, ...right.spots], zones: [...left.zones, ...right.zones] }
}

const column = (rows: readonly Row[], side: -1 | 1, headed: boolean) => {
  const anchor: Anchor = side < 0 ? 'end' : 'start'
  const spots: Spot[] = []
  const zones: ZoneMark[] = []
  let y = 0
  for (const [index, row] of rows.entries()) {
    const room = headroom(rows, row, index, headed)
    if (room > 0 && row.zone !== null) {
      zones.push({
        shape: 'heading',
        label: { text: shortened(row.zone, nameLettersMax + 2), x: side * (columnAt + 22), y: y + room - 4, anchor },
      })
    }
    y += room + rowHeight
    const [x, middle] = [side * columnAt, y - rowHeight / 2]
    const name = { text: shortened(row.member.name, nameLettersMax), x: side * (columnAt + 22), y: middle + nameSize / 3, anchor }
    spots.push({ member: row.member, x, y: middle, name })
  }
  return { spots, zones }
}

/** Space above a row: for the heading of its zone where the zone begins or goes on in another column. */
const headroom = (rows: readonly Row[], row: Row, index: number, headed: boolean): number => {
  if (!headed || rows[index - 1]?.zone === row.zone) return 0
  return index === 0 && row.zone === rows[0]?.zone ? headingHeight : headingHeight + groupGap
}
