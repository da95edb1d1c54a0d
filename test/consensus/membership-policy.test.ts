import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { asPeerId, type PeerId } from '../../src/base/index.ts'
import { nextConfiguration, replaceAfterMs, replaceEveryMs, type Seat, type SeatingView } from '../../src/consensus/membership-policy.ts'

const [a, b, c, d, e, f] = ['a', 'b', 'c', 'd', 'e', 'f'].map(asPeerId) as [PeerId, PeerId, PeerId, PeerId, PeerId, PeerId]
const seat = (peer: PeerId, over: Partial<Seat> = {}): Seat => ({ peer, zone: null, health: 'healthy', caughtUp: true, ...over })
const view = (over: Partial<SeatingView>): SeatingView => ({
  members: [],
  configuration: { voters: [a], learners: [] },
  leader: a,
  nowMs: 1e9,
  lastReplacedMs: null,
  downSinceMs: {},
  twoVoters: false,
  sevenVoters: false,
  ...over,
})

describe('growing', () => {
  test('new members read the log first, all at once', () => {
    expect(nextConfiguration(view({ members: [seat(a), seat(b), seat(c)] })).configuration).toEqual({ voters: [a], learners: [b, c] })
  })

  test('one voter becomes three only with two learners that are ready', () => {
    const members = [seat(a), seat(b), seat(c, { caughtUp: false })]
    const configuration = { voters: [a], learners: [b, c] }
    expect(nextConfiguration(view({ members, configuration })).configuration).toBeNull()
    expect(nextConfiguration(view({ members: [seat(a), seat(b), seat(c)], configuration })).configuration).toEqual({
      voters: [a, b],
      learners: [c],
    })
  })

  test('from two it goes on to three', () => {
    const configuration = { voters: [a, b], learners: [c] }
    expect(nextConfiguration(view({ members: [seat(a), seat(b), seat(c)], configuration })).configuration).toEqual({
      voters: [a, b, c],
      learners: [],
    })
  })

  test('two machines are one voter and one learner, unless the operator settles for two voters', () => {
    const two = view({ members: [seat(a), seat(b)], configuration: { voters: [a], learners: [b] } })
    expect(nextConfiguration(two).configuration).toBeNull()
    expect(nextConfiguration({ ...two, twoVoters: true }).configuration).toEqual({ voters: [a, b], learners: [] })
  })

  test('a zone without a voter comes before order of admission', () => {
    const members = [seat(a, { zone: 'x' }), seat(b, { zone: 'x' }), seat(c, { zone: 'y' }), seat(d, { zone: 'x' })]
    const found = nextConfiguration(view({ members, configuration: { voters: [a], learners: [b, c, d] } }))
    expect(found.configuration?.voters).toEqual([a, c])
  })
})

describe('replacing', () => {
  const members = [seat(a), seat(b), seat(c, { health: 'down' }), seat(d)]
  const configuration = { voters: [a, b, c], learners: [d] }

  test('a voter that is down for ten minutes makes place for a learner', () => {
    const found = nextConfiguration(view({ members, configuration, downSinceMs: { [c]: 1e9 - replaceAfterMs } }))
    expect(found).toMatchObject({ configuration: { voters: [a, b, c, d] }, replaces: true })
    const then = nextConfiguration(view({ members, configuration: { voters: [a, b, c, d], learners: [] }, lastReplacedMs: 1e9 }))
    expect(then.configuration).toEqual({ voters: [a, b, d], learners: [c] })
  })

  test('a reboot moves no votes', () => {
    expect(nextConfiguration(view({ members, configuration, downSinceMs: { [c]: 1e9 - replaceAfterMs + 1 } })).configuration).toBeNull()
  })

  test('at most one an hour', () => {
    const found = nextConfiguration(view({ members, configuration, downSinceMs: { [c]: 0 }, lastReplacedMs: 1e9 - replaceEveryMs + 1 }))
    expect(found).toMatchObject({ configuration: null, because: 'a voter was replaced less than an hour ago' })
  })

  test('a removed voter leaves at once', () => {
    expect(nextConfiguration(view({ members: [seat(a), seat(b), seat(d)], configuration })).configuration).toEqual({
      voters: [a, b],
      learners: [d],
    })
  })

  test('a crowded zone gives a vote to a zone without one', () => {
    const zoned = [seat(a, { zone: 'x' }), seat(b, { zone: 'x' }), seat(c, { zone: 'y' }), seat(d, { zone: 'z' })]
    const first = nextConfiguration(view({ members: zoned, configuration }))
    expect(first).toMatchObject({ configuration: { voters: [a, b, c, d] }, replaces: true })
    const then = nextConfiguration(view({ members: zoned, configuration: { voters: [a, b, c, d], learners: [] } }))
    expect(then.configuration).toEqual({ voters: [a, c, d], learners: [b] })
  })

  test('with the vote where it belongs nothing moves any more', () => {
    const zoned = [seat(a, { zone: 'x' }), seat(b, { zone: 'x' }), seat(c, { zone: 'y' }), seat(d, { zone: 'z' })]
    expect(nextConfiguration(view({ members: zoned, configuration: { voters: [a, c, d], learners: [b] } })).configuration).toBeNull()
  })
})

test('every step changes at most one voter, never drops the leader, and it comes to rest', () => {
  const anySeat = (peer: PeerId) =>
    fc.record({
      peer: fc.constant(peer),
      zone: fc.constantFrom(null, 'x', 'y', 'z'),
      health: fc.constantFrom<Seat['health']>('healthy', 'healthy', 'healthy', 'suspected', 'down', 'unknown'),
      caughtUp: fc.constantFrom(true, true, false),
    })
  const anyView = fc.record({
    members: fc.tuple(...[a, b, c, d, e, f].map(anySeat)).chain((seats) => fc.subarray(seats, { minLength: 1 })),
    voters: fc.subarray([a, b, c, d, e, f], { minLength: 1, maxLength: 5 }),
    twoVoters: fc.boolean(),
  })
  fc.assert(
    fc.property(anyView, ({ members, voters, twoVoters }) => {
      const leader = voters.find((peer) => members.some((member) => member.peer === peer))
      if (leader === undefined) return
      const downSinceMs = Object.fromEntries(members.map(({ peer }) => [peer, 0]))
      let now = view({ members, configuration: { voters, learners: [] }, leader, twoVoters, downSinceMs })
      for (let turn = 0; turn < 40; turn += 1) {
        const found = nextConfiguration({ ...now, nowMs: now.nowMs + turn * replaceEveryMs })
        if (found.configuration === null) return
        const before = new Set(now.configuration.voters)
        const after = new Set(found.configuration.voters)
        expect(before.symmetricDifference(after).size).toBeLessThanOrEqual(1)
        expect(after.has(leader)).toBe(true)
        expect(found.configuration.learners.some((peer) => after.has(peer))).toBe(false)
        now = { ...now, configuration: found.configuration }
      }
      throw new Error('the configuration never came to rest')
    }),
    { numRuns: 2_000 },
  )
})
