import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { asPeerId, type PeerId } from '../../src/base/index.ts'
import { fullMeshMax, neighbours } from '../../src/mesh/neighbours.ts'

const some = (count: number): PeerId[] => Array.from({ length: count }, (_, index) => asPeerId(`peer${String(index).padStart(4, '0')}`))
const first = (peers: PeerId[], count: number): PeerId[] => peers.slice(0, count)

test('up to 32 members everybody keeps everybody', () => {
  const members = some(fullMeshMax)
  for (const self of members) expect(neighbours(self, members, [])).toEqual(members.filter((peer) => peer !== self))
})

test('beyond, a member keeps the voters and few others, and a voter keeps everybody', () => {
  const members = some(200)
  const voters = first(members, 5)
  const kept = neighbours(asPeerId('peer0100'), members, voters)
  expect(voters.every((voter) => kept.includes(voter))).toBe(true)
  expect(kept.length).toBeLessThan(32)
  expect(neighbours(asPeerId('peer0002'), members, voters)).toHaveLength(199)
})

test('whom I keep keeps me', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 80 }), fc.integer({ min: 0, max: 7 }), (count, voting) => {
      const members = some(count)
      const voters = first(members, voting)
      const kept = new Map(members.map((self) => [self, new Set(neighbours(self, members, voters))]))
      for (const [self, others] of kept) for (const other of others) expect(kept.get(other)?.has(self)).toBe(true)
    }),
    { numRuns: 60 },
  )
})

test('without any voter alive the rest still hangs together', () => {
  const members = some(150)
  const voters = first(members, 5)
  const alive = new Set(members.slice(5))
  const reached = new Set<PeerId>()
  const visit = [asPeerId('peer0050')]
  for (let self = visit.pop(); self; self = visit.pop()) {
    if (reached.has(self)) continue
    reached.add(self)
    visit.push(...neighbours(self, members, voters).filter((peer) => alive.has(peer)))
  }
  expect(reached.size).toBe(alive.size)
})

test('a node that is no member, repeated members and voters that are none do no harm', () => {
  const members = some(40)
  expect(neighbours(asPeerId('stranger'), [...members, ...members], [asPeerId('ghost'), ...first(members, 3)])).toEqual(first(members, 3))
})
