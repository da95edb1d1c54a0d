import { polar, radians, rttSize, shortened, tenth, textWidth } from './geometry.ts'
import type { Mapped, Places, Spot, ZoneMark } from './types.ts'
import { byZone } from './zones.ts'

/** Between two zones the step is longer by this many steps. */
const gap = 0.6
const radiusMin = 104
/** Neighbours stay this far apart. */
const apart = 92
/** Zone arcs run this far outside the ring. */
const arcOutside = 47
export const nameLettersMax = 12

/** Up to a dozen machines stand on a circle, zone after zone, clockwise, the first zone centred on top. */
export const ring = (members: readonly Mapped[]): Places => {
  const zones = byZone(members)
  const step = 360 / (members.length + (zones.length > 1 ? zones.length * gap : 0))
  const radius = members.length < 2 ? 0 : Math.max(radiusMin, apart / 2 / Math.sin(radians(step / 2)))
  const spots: Spot[] = []
  const marks: ZoneMark[] = []
  let angle = -90 - (((zones[0]?.members.length ?? 1) - 1) * step) / 2
  for (const zone of zones) {
    if (zones.length > 1 && zone.name !== null) {
      marks.push(arc(zone.name, radius + arcOutside, angle - step * 0.42, angle + step * (zone.members.length - 0.58)))
    }
    for (const member of zone.members) {
      spots.push(spotAt(member, radius, angle))
      angle += step
    }
    angle += gap * step
  }
  return { shape: 'ring', spots, zones: marks }
}

const spotAt = (member: Mapped, radius: number, angle: number): Spot => {
  const [x, y] = polar(radius, angle)
  const above = radius > 0 && Math.sin(radians(angle)) < -0.2
  return { member, x, y, name: { text: shortened(member.name, nameLettersMax), x, y: tenth(y + (above ? -22 : 30)), anchor: 'middle' } }
}

const arc = (name: string, radius: number, from: number, to: number): ZoneMark => {
  const large = to - from > 180 ? 1 : 0
  const curve = (r: number, start: number, end: number, sweep: 0 | 1) =>
    `M${polar(r, start)} A${tenth(r)} ${tenth(r)} 0 ${large} ${sweep} ${polar(r, end)}`
  // Text runs so that nobody has to turn their head: with the clock above, against it below.
  const below = Math.sin(radians((from + to) / 2)) > 0.2
  const length = radians(to - from) * radius
  return {
    shape: 'arc',
    name: shortened(name, Math.max(3, Math.floor(length / textWidth('m', rttSize + 1)))),
    radius,
    from,
    to,
    path: curve(radius, from, to, 1),
    textPath: below ? curve(radius + 14, to, from, 0) : curve(radius + 6, from, to, 1),
  }
}
