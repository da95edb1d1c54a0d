import { columnAt } from './columns.ts'
import { discBox, discRadius, labelBox, nameSize, overlap, rttSize, tenth } from './geometry.ts'
import type { Box, Label, Line, Places, RoundTrip, Spot } from './types.ts'

type Pair = readonly [Spot, Spot]

/** Where along its line a round trip may stand, from the leader outwards, best first. */
const stations = [0.6, 0.52, 0.68, 0.44, 0.76, 0.36, 0.82]

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
      return { ...ends(pair), path: pathOf(places, pair), strong: false, kind: kindOf(pair, lost), label: null }
    })
    .filter((line) => places.shape === 'ring' || (line.kind === 'lost' && !isGone(places, line)))

  const taken: Box[] = places.spots.flatMap((spot) => [discBox(spot), labelBox(spot.name, nameSize)])
  const strong = leader === undefined ? [] : places.spots.filter((spot) => spot !== leader).map((spot): Pair => [leader, spot])
  return [
    ...plain,
    ...strong.map((pair): Line => {
      // What the leader measures counts: it is the one that must hear the others.
      const trip = between(pair[0], pair[1]) ?? between(pair[1], pair[0])
      const text = trip === undefined ? null : !trip.answers ? 'no answer' : trip.ms === null ? null : `${milliseconds(trip.ms)} ms`
      const label = text === null ? null : places.shape === 'ring' ? onLine(pair, text, taken) : besideSpot(pair[1], text)
      if (label !== null) taken.push(labelBox(label, rttSize))
      return { ...ends(pair), path: pathOf(places, pair), strong: true, kind: kindOf(pair, trip?.answers === false), label }
    }),
  ]
}

/** Round trips in milliseconds with one decimal; from 100 on whole, so that they stay short. */
export const milliseconds = (ms: number): string => (ms >= 100 ? Math.round(ms).toString() : ms.toFixed(1))

const ends = ([one, other]: Pair) => ({ from: one.member.peer, to: other.member.peer })

const kindOf = (pair: Pair, lost: boolean): Line['kind'] =>
  lost ? 'lost' : pair.some((spot) => spot.member.health === 'joining') ? 'new' : 'known'

/** Between columns a machine that is down would draw a line to everybody; the line to the leader says it already. */
const isGone = (places: Places, line: Line): boolean =>
  places.spots.some((spot) => spot.member.health === 'down' && (spot.member.peer === line.from || spot.member.peer === line.to))

/** Straight on the ring; between columns a curve that leaves and arrives level, so that all lines share the middle. */
const pathOf = (places: Places, [one, other]: Pair): string =>
  places.shape === 'ring' ? `M${one.x},${one.y}L${other.x},${other.y}` : `M${one.x},${one.y}C0,${one.y} 0,${other.y} ${other.x},${other.y}`

const besideSpot = (spot: Spot, text: string): Label => {
  const side = spot.x < 0 ? -1 : 1
  return { text, x: side * (columnAt - discRadius - 6), y: tenth(spot.y + rttSize / 3), anchor: side < 0 ? 'start' : 'end' }
}

/** The first station whose text covers neither a machine nor a name nor another round trip; else the one that covers least. */
const onLine = ([leader, spot]: Pair, text: string, taken: readonly Box[]): Label => {
  const labels = stations.map((share): Label => {
    const [x, y] = [leader.x + (spot.x - leader.x) * share, leader.y + (spot.y - leader.y) * share]
    return { text, x: tenth(x), y: tenth(y + rttSize / 3), anchor: 'middle' }
  })
  const covered = labels.map((label) => {
    const box = labelBox(label, rttSize)
    return taken.reduce((area, other) => area + overlap(box, other), 0)
  })
  const best = labels[covered.indexOf(Math.min(...covered))]
  return best ?? { text, x: spot.x, y: spot.y, anchor: 'middle' }
}
