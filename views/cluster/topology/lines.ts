import { columnAt } from './columns.ts'
import { discBox, discRadius, labelBox, nameSize, overlap, rttSize, tenth } from './geometry.ts'
import type { Box, Label, Line, Places, RoundTrip, Spot } from './types.ts'

type Pair = readonly [Spot, Spot]

/** Where along its line a round trip may stand, from the leader outwards, best first. */
const stations = Array.from({ length: 18 }, (_, step) => 0.6 + (step % 2 === 0 ? 1 : -1) * Math.ceil(step / 2) * 0.035)

/** Lines to the leader with their round trips; all the others as hairlines on a ring, and only the broken ones between columns. */
export const connect = (places: Places, roundTrips: readonly RoundTrip[]): readonly Line[] => {
  const measured = new Map(roundTrips.map((trip) => [`${trip.from} ${trip.to}`, trip]))
  const between = (from: Spot, to: Spot) => measured.get(`${from.member.peer} ${to.member.peer}`)
  const leader = places.spots.find((spot) => spot.member.leads)
  const pairs = places.spots.flatMap((one, index) => places.spots.slice(index + 1).map((other): Pair => [one, other]))

  const plain = pairs
    .filter((pair) => leader === undefined || !pair.includes(leader))
    .map((pair): Line => {
      const [one, other] = pair
      const lost = [between(one, other), between(other, one)].some((trip) => trip?.answers === false)
      return {
        ...ends(pair),
        path: places.shape === 'ring' ? straight(pair) : curve(pair),
        strong: false,
        kind: kindOf(pair, lost),
        label: null,
      }
    })
    .filter((line) => line.kind === 'lost' || places.shape === 'ring')
    .filter((line) => leader === undefined || line.kind !== 'lost' || !isGone(places, line))

  const taken: Box[] = places.spots.flatMap((spot) => [discBox(spot), labelBox(spot.name, nameSize)])
  const strong = leader === undefined ? [] : places.spots.filter((spot) => spot !== leader).map((spot): Pair => [leader, spot])
  // Short lines have the least choice, so they choose first.
  const shortFirst = strong.toSorted((one, other) => distance(one) - distance(other))
  const toLeader = shortFirst.map((pair): Line => {
    // What the leader measures counts: it is the one that must hear the others.
    const trip = between(pair[0], pair[1]) ?? between(pair[1], pair[0])
    const text = trip === undefined ? null : !trip.answers ? 'no answer' : trip.ms === null ? null : `${milliseconds(trip.ms)} ms`
    const label = text === null ? null : places.shape === 'ring' ? onLine(pair, text, taken) : besideSpot(pair[1], text)
    if (label !== null) taken.push(labelBox(label, rttSize))
    const kind = kindOf(pair, trip?.answers === false)
    return { ...ends(pair), path: places.shape === 'ring' ? straight(pair) : branch(pair), strong: true, kind, label }
  })
  return [...plain, ...toLeader.toSorted((one, other) => drawn.indexOf(one.kind) - drawn.indexOf(other.kind))]
}

/** What is drawn later covers what was drawn before. */
const drawn: readonly Line['kind'][] = ['lost', 'new', 'known']

/** Round trips in milliseconds with one decimal; from 100 on whole, so that they stay short. */
export const milliseconds = (ms: number): string => (ms >= 100 ? Math.round(ms).toString() : ms.toFixed(1))

const ends = ([one, other]: Pair) => ({ from: one.member.peer, to: other.member.peer })

const kindOf = (pair: Pair, lost: boolean): Line['kind'] =>
  lost ? 'lost' : pair.some((spot) => spot.member.health === 'joining') ? 'new' : 'known'

/** A machine that is down would draw a broken line to everybody; the one to the leader says it already. */
const isGone = (places: Places, line: Line): boolean =>
  places.spots.some((spot) => spot.member.health === 'down' && (spot.member.peer === line.from || spot.member.peer === line.to))

const distance = ([one, other]: Pair): number => Math.hypot(one.x - other.x, one.y - other.y)

const straight = ([one, other]: Pair): string => `M${one.x},${one.y}L${other.x},${other.y}`

/** Leaves and arrives level, so that it crosses no row. */
const curve = ([one, other]: Pair): string => `M${one.x},${one.y}C0,${one.y} 0,${other.y} ${other.x},${other.y}`

const corner = 9

/** Between columns all lines to the leader share a trunk in the middle, where sound lines cover the others. */
const branch = ([leader, spot]: Pair): string => {
  if (leader.y === spot.y) return `M${leader.x},${leader.y}H${spot.x}`
  const down = spot.y > leader.y ? 1 : -1
  const [from, to] = [Math.sign(leader.x), Math.sign(spot.x)]
  return [
    `M${leader.x},${leader.y}H${from * corner}`,
    `Q0,${leader.y} 0,${leader.y + down * corner}`,
    `V${spot.y - down * corner}`,
    `Q0,${spot.y} ${to * corner},${spot.y}`,
    `H${spot.x}`,
  ].join('')
}

const besideSpot = (spot: Spot, text: string): Label => {
  const side = spot.x < 0 ? -1 : 1
  return { text, x: side * (columnAt - discRadius - 6), y: tenth(spot.y + rttSize / 3), anchor: side < 0 ? 'start' : 'end' }
}

/** On the line if there is room, else close beside it. */
const asides = [0, 8, -8, 14, -14]

/** The first place whose text covers neither a machine nor a name nor another round trip; else the one that covers least. */
const onLine = (pair: Pair, text: string, taken: readonly Box[]): Label => {
  const [leader, spot] = pair
  const [dx, dy] = [spot.x - leader.x, spot.y - leader.y]
  const length = distance(pair)
  const labels = asides.flatMap((aside) =>
    stations.map((share): Label => {
      const [x, y] = [leader.x + dx * share - (dy / length) * aside, leader.y + dy * share + (dx / length) * aside]
      return { text, x: tenth(x), y: tenth(y + rttSize / 3), anchor: 'middle' }
    }),
  )
  const covered = labels.map((label) => {
    const box = labelBox(label, rttSize)
    return taken.reduce((area, other) => area + overlap(box, other), 0)
  })
  const best = labels[covered.indexOf(Math.min(...covered))]
  return best ?? { text, x: spot.x, y: spot.y, anchor: 'middle' }
}
