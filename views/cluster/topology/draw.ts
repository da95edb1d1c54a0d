import { columns } from './columns.ts'
import { around, discBox, labelBox, nameSize, polar } from './geometry.ts'
import { connect } from './lines.ts'
import { ring } from './ring.ts'
import type { Box, Drawing, Mapped, Places, RoundTrip, ZoneMark } from './types.ts'

/** Up to here the machines fit on a circle without a line passing through a third one. */
export const ringMax = 12
/** Pictures are at least this wide, so that few machines are not drawn larger than many. */
const halfWidthMin = 180

/** The picture of the mesh as numbers: pure, and the same on every node for the same members, whoever leads. */
export const draw = (members: readonly Mapped[], roundTrips: readonly RoundTrip[]): Drawing => {
  const places = members.length <= ringMax ? ring(members) : columns(members)
  return { ...places, lines: connect(places, roundTrips), box: boxOf(places) }
}

/** Only as high as what is drawn, and as wide to the left as to the right. */
const boxOf = (places: Places): Box => {
  const parts = [...places.spots.flatMap((spot) => [discBox(spot), labelBox(spot.name, nameSize)]), ...places.zones.flatMap(zoneBoxes)]
  if (parts.length === 0) return { left: -halfWidthMin, right: halfWidthMin, top: 0, bottom: 0 }
  const { left, right, top, bottom } = around(parts, 3)
  const half = Math.max(halfWidthMin, -left, right)
  return { left: -half, right: half, top, bottom }
}

const zoneBoxes = (mark: ZoneMark): readonly Box[] => {
  if (mark.shape === 'heading') return [labelBox(mark.label, nameSize)]
  // A point every two degrees, a name's height outside the arc.
  return Array.from({ length: Math.ceil((mark.to - mark.from) / 2) + 1 }, (_, index) => {
    const [x, y] = polar(mark.radius + 16, Math.min(mark.to, mark.from + index * 2))
    return { left: x, right: x, top: y, bottom: y }
  })
}
