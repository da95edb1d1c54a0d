import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { asPeerId } from '../../../src/base/index.ts'
import { discBox, labelBox, nameSize, overlap, rttSize, shortened } from '../../../views/cluster/topology/geometry.ts'
import { type Drawing, draw, type Mapped, milliseconds, type RoundTrip } from '../../../views/cluster/topology/index.ts'

const machines = (count: number, zones: number, leader = 0, name = (index: number) => `node-${index}`): Mapped[] =>
  Array.from({ length: count }, (_, index) => ({
    peer: asPeerId(`peer-${index}`),
    name: name(index),
    zone: zones === 0 ? null : `zone-${index % zones}`,
    role: index < 3 ? 'voter' : 'learner',
    health: 'healthy',
    leads: index === leader,
  }))

const allTrips = (members: readonly Mapped[], ms = 12.3): RoundTrip[] =>
  members.flatMap((from) => members.filter((to) => to !== from).map((to) => ({ from: from.peer, to: to.peer, ms, answers: true })))

const placesOf = ({ spots, zones, shape }: Drawing) => ({ spots: spots.map(({ member, ...place }) => [member.peer, place]), zones, shape })

describe('places', () => {
  test('are the same whoever leads and however the members are listed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 32 }), fc.integer({ min: 0, max: 5 }), fc.nat(), fc.nat(), (count, zones, one, other) => {
        const first = machines(count, zones, one % count)
        const second = machines(count, zones, other % count).toReversed()
        expect(placesOf(draw(second, []))).toEqual(placesOf(draw(first, [])))
      }),
    )
  })

  test('neighbours on a ring stay far enough apart for their names', () => {
    for (let count = 2; count <= 12; count++) {
      for (let zones = 0; zones <= 4; zones++) {
        const { spots } = draw(
          machines(count, zones, 0, (index) => `a-rather-long-name-${index}`),
          [],
        )
        for (const [index, spot] of spots.entries()) {
          for (const other of spots.slice(index + 1)) {
            expect(Math.hypot(spot.x - other.x, spot.y - other.y)).toBeGreaterThan(91)
            expect(overlap(labelBox(spot.name, nameSize), labelBox(other.name, nameSize))).toBe(0)
          }
        }
      }
    }
  })

  test('up to a dozen machines stand on a ring, more in two columns', () => {
    expect(draw(machines(12, 3), []).shape).toBe('ring')
    expect(draw(machines(13, 3), []).shape).toBe('columns')
  })

  test('the two columns are about equally high, and rows of one zone stay together', () => {
    for (let count = 13; count <= 40; count++) {
      const { spots } = draw(machines(count, 4), [])
      const heights = [-1, 1].map((side) => Math.max(...spots.filter((spot) => Math.sign(spot.x) === side).map((spot) => spot.y)))
      expect(Math.abs((heights[0] ?? 0) - (heights[1] ?? 0))).toBeLessThan(60)
      expect(new Set(spots.map((spot) => `${spot.x} ${spot.y}`)).size).toBe(count)
    }
  })

  test('one machine stands in the middle, nobody draws nothing', () => {
    expect(draw(machines(1, 0), []).spots.map(({ x, y }) => [x, y])).toEqual([[0, 0]])
    expect(draw([], [])).toMatchObject({ spots: [], lines: [], zones: [] })
  })
})

describe('labels', () => {
  const spread = fc.record({ count: fc.integer({ min: 2, max: 32 }), zones: fc.integer({ min: 0, max: 6 }), leader: fc.nat() })

  test('no round trip covers a machine, a name or another round trip', () => {
    fc.assert(
      fc.property(spread, ({ count, zones, leader }) => {
        const members = machines(count, zones, leader % count)
        const { spots, lines } = draw(members, allTrips(members))
        const labels = lines.flatMap((line) => (line.label === null ? [] : [labelBox(line.label, rttSize)]))
        const others = spots.flatMap((spot) => [discBox(spot), labelBox(spot.name, nameSize)])
        expect(labels.length).toBe(count - 1)
        for (const [index, label] of labels.entries()) {
          for (const other of [...others, ...labels.slice(index + 1)]) expect(overlap(label, other)).toBeLessThan(1)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('everything lies inside the picture, however long the names are', () => {
    fc.assert(
      fc.property(spread, fc.string({ minLength: 1, maxLength: 80 }), ({ count, zones, leader }, name) => {
        const members = machines(count, zones, leader % count, (index) => `${name}${index}`)
        const { spots, box } = draw(members, allTrips(members))
        for (const spot of spots) {
          const label = labelBox(spot.name, nameSize)
          expect(label.left).toBeGreaterThanOrEqual(box.left)
          expect(label.right).toBeLessThanOrEqual(box.right)
          expect(label.top).toBeGreaterThanOrEqual(box.top)
          expect(label.bottom).toBeLessThanOrEqual(box.bottom)
        }
        // At 27 rem the picture is about 430 pixels wide: words stay readable.
        if (count > 12) expect(box.right - box.left).toBeLessThan(430)
      }),
    )
  })

  test('a long name keeps its beginning and its end', () => {
    expect(shortened('gpu-server-rack-01', 12)).toBe('gpu-se…ck-01')
    expect(shortened('atlas', 12)).toBe('atlas')
    expect([...shortened('🐝'.repeat(40), 12)].length).toBe(12)
  })

  test('a round trip has one decimal while it is short', () => {
    expect([0.04, 0.25, 99.94, 100, 1234.5].map(milliseconds)).toEqual(['0.0', '0.3', '99.9', '100', '1235'])
  })
})

describe('lines', () => {
  test('no straight line on a ring passes through a third machine', () => {
    for (let count = 3; count <= 12; count++) {
      for (let zones = 0; zones <= 4; zones++) {
        const members = machines(count, zones)
        const { spots, lines } = draw(members, allTrips(members))
        for (const line of lines) {
          const one = spots.find((spot) => spot.member.peer === line.from)
          const other = spots.find((spot) => spot.member.peer === line.to)
          if (one === undefined || other === undefined) throw new Error('a line without ends')
          for (const third of spots.filter((spot) => spot !== one && spot !== other)) {
            const area = Math.abs((other.x - one.x) * (one.y - third.y) - (one.x - third.x) * (other.y - one.y))
            expect(area / Math.hypot(other.x - one.x, other.y - one.y)).toBeGreaterThan(15)
          }
        }
      }
    }
  })

  test('what the leader measures decides whether a line is broken', () => {
    const members = machines(3, 0)
    const trips = allTrips(members).map((trip) =>
      trip.from === 'peer-0' && trip.to === 'peer-1' ? { ...trip, ms: null, answers: false } : trip,
    )
    const line = draw(members, trips).lines.find((one) => one.strong && one.to === 'peer-1')
    expect(line).toMatchObject({ kind: 'lost', label: { text: 'no answer' } })
  })

  test('without a leader no line is strong, and none has a round trip', () => {
    const members = machines(4, 0, -1)
    const { lines } = draw(members, allTrips(members))
    expect(lines.map((line) => [line.strong, line.label])).toEqual(lines.map(() => [false, null]))
    expect(lines.length).toBe(6)
  })

  test('a machine that is down breaks one line, the one to the leader', () => {
    const members = machines(6, 0).map((one, index): Mapped => (index === 4 ? { ...one, health: 'down' } : one))
    const trips = allTrips(members).map((trip) => (trip.to === 'peer-4' ? { ...trip, ms: null, answers: false } : trip))
    expect(
      draw(members, trips)
        .lines.filter((line) => line.kind === 'lost')
        .map((line) => line.to),
    ).toEqual([asPeerId('peer-4')])
  })
})
