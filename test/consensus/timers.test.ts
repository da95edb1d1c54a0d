import { describe, expect, test } from 'bun:test'
import { asideRank } from '../../src/consensus/roles.ts'
import { a, append, b, c, createMember, endOf, grant, logOf, preGrant, vote } from './member.ts'

const log = logOf([1])
const heartbeat = (over = {}) => append([], { previous: endOf(log), ...over })

/** How long after hearing its leader for the last time a follower asks for votes. */
const standsAfter = (act: (member: ReturnType<typeof createMember>) => void, random: number): number => {
  const member = createMember({ self: b, log })
  member.random = random
  act(member)
  const startMs = member.nowMs
  for (let waitedMs = 0; waitedMs < 20_000; waitedMs++) {
    if (member.wait(1).some((line) => line.includes('would you vote'))) return member.nowMs - startMs
  }
  return Number.POSITIVE_INFINITY
}

describe('silence', () => {
  test.each([
    [0, 0, 1_000],
    [0, 0.99, 1_050],
    [1, 0, 1_100],
    [4, 0.99, 1_450],
  ])('rank %d with random %p stands after %d ms', (rank, random, afterMs) => {
    expect(standsAfter((member) => member.hear(a, heartbeat({ ranks: { [b]: rank } })), random)).toBe(afterMs)
  })

  test('without ranks the order of voters decides', () => {
    expect(standsAfter((member) => member.hear(a, heartbeat()), 0)).toBe(1_100)
  })

  test('who stands aside stands after everybody else', () => {
    expect(standsAfter((member) => member.hear(a, heartbeat({ ranks: { [a]: 0, [b]: asideRank, [c]: 1 } })), 0)).toBe(1_300)
  })

  test('failed rounds are repeated after 150 to 450 ms, whatever the rank', () => {
    const member = createMember({ self: b, log })
    member.hear(a, heartbeat({ ranks: { [b]: 9 } }))
    member.random = 0
    member.wait(1_925)
    expect(member.wait(149)).toEqual([])
    member.random = 0.999
    expect(member.wait(1)).toHaveLength(2)
    expect(member.wait(449)).toEqual([])
    expect(member.wait(1)).toHaveLength(2)
  })

  test('ranks of an empty table are no news', () => {
    const member = createMember({ self: b, log })
    member.hear(a, heartbeat({ ranks: { [b]: 4 } }))
    member.hear(a, heartbeat())
    expect(member.state.ranks).toEqual({ [b]: 4 })
  })
})

describe('what resets the election timer', () => {
  const after = (act: (member: ReturnType<typeof createMember>) => void): number => {
    const member = createMember({ self: b, log, term: 2 })
    member.hear(a, heartbeat())
    member.wait(500)
    const beforeMs = member.state.election.deadlineMs
    act(member)
    return member.state.election.deadlineMs - beforeMs
  }

  test.each([
    ['a heartbeat of the leader', 500, (m: ReturnType<typeof createMember>) => m.hear(a, heartbeat())],
    ['a heartbeat of an old term', 0, (m: ReturnType<typeof createMember>) => m.hear(a, heartbeat(), { term: 1 })],
    [
      'a granted vote',
      500,
      (m: ReturnType<typeof createMember>) => m.hear(c, vote({ index: 1, term: 1 }, { transfer: true }), { term: 3 }),
    ],
    ['a refused vote', 0, (m: ReturnType<typeof createMember>) => m.hear(c, vote({ index: 0, term: 0 }, { transfer: true }), { term: 3 })],
    ['a pre-vote', 0, (m: ReturnType<typeof createMember>) => m.hear(c, vote({ index: 1, term: 1 }, { pre: true }))],
    ['a proposal', 0, (m: ReturnType<typeof createMember>) => m.hear(c, { kind: 'propose', bodies: ['x'] })],
  ])('%s: by %d ms', (_, byMs, act) => expect(after(act)).toBe(byMs))
})

describe('a leader whose process died', () => {
  test.each([
    [0, 0, 0],
    [0, 0.99, 10],
    [1, 0, 30],
    [3, 0.99, 100],
  ])('rank %d with random %p stands after %d ms', (rank, random, afterMs) => {
    const stands = standsAfter((member) => {
      member.hear(a, heartbeat({ ranks: { [b]: rank } }))
      member.act({ kind: 'lost', peer: a })
    }, random)
    expect(Math.abs(stands - afterMs)).toBeLessThanOrEqual(1)
  })

  test('its followers grant at once', () => {
    const member = createMember({ self: b, log })
    member.hear(a, heartbeat())
    member.act({ kind: 'lost', peer: a })
    expect(member.hear(c, vote({ index: 1, term: 1 }, { pre: true }))).toEqual(['→ c pre-grant @1'])
  })

  test('who asked a moment too early is granted when the loss is reported', () => {
    const member = createMember({ self: b, log })
    member.hear(a, heartbeat())
    expect(member.hear(c, vote({ index: 1, term: 1 }, { pre: true }))).toEqual(['→ c pre-refusal @1'])
    expect(member.act({ kind: 'lost', peer: a })).toEqual(['→ c pre-grant @1'])
  })

  test('failed rounds are then repeated after 50 to 150 ms', () => {
    const member = createMember({ self: b, log })
    member.random = 0
    member.hear(a, heartbeat({ ranks: { [b]: 0 } }))
    member.act({ kind: 'lost', peer: a })
    expect(member.wait(0)).toHaveLength(2)
    expect(member.wait(49)).toEqual([])
    expect(member.wait(1)).toHaveLength(2)
  })

  test('another member’s death hurries nobody', () => {
    const member = createMember({ self: b, log })
    member.hear(a, heartbeat())
    member.act({ kind: 'lost', peer: c })
    expect(member.wait(900)).toEqual([])
  })

  test('if it speaks again in this term all is forgotten', () => {
    const member = createMember({ self: b, log })
    member.hear(a, heartbeat({ ranks: { [b]: 2 } }))
    member.act({ kind: 'lost', peer: a })
    member.hear(a, heartbeat())
    expect(member.wait(1_000)).toEqual(Array(0))
    expect(member.hear(c, vote({ index: 1, term: 1 }, { pre: true })).at(-1)).toBe('→ c pre-grant @1')
  })
})

describe('the disk', () => {
  test('a leader whose write fails hands on, steps down, and stands again only after a write', () => {
    const member = createMember({ log, quickDisk: false })
    member.wait(1_030)
    member.hear(b, preGrant(1))
    member.commit()
    member.hear(b, grant(2))
    member.ack(b, 2)
    expect(member.fail()).toEqual(['→ b timeout-now @2'])
    expect(member.role()).toBe('follower')
    expect(member.wait(2_000).filter((line) => line.includes('vote'))).toEqual([])
    member.commit()
    expect(member.wait(2_000).some((line) => line.includes('would you vote'))).toBe(true)
  })

  test('a leader whose write takes a second steps down as well', () => {
    const member = createMember({ log, quickDisk: false })
    member.wait(1_030)
    member.hear(b, preGrant(1))
    member.commit()
    member.hear(b, grant(2))
    for (let round = 0; round < 4; round++) {
      member.wait(200)
      member.ack(b, 2)
    }
    expect(member.role()).toBe('leader')
    member.wait(200)
    expect(member.role()).toBe('follower')
  })

  test('with a full disk nothing is promised: no vote, no acknowledgement, no pre-vote', () => {
    const member = createMember({ self: b, log, quickDisk: false })
    member.hear(c, vote({ index: 1, term: 1 }), { term: 2 })
    expect(member.fail()).toEqual([])
    expect(member.hear(c, vote({ index: 1, term: 1 }, { pre: true }), { term: 2 })).toEqual([])
    expect(member.hear(a, append(logOf([2], endOf(log)), { previous: endOf(log), round: 0 }), { term: 2 })).toEqual([])
    expect(member.wait(250)).toEqual(['save ballot 2/c, append 2'])
    const saved = member.commit()
    expect(saved).toContain('→ a ack 2 @2')
  })

  test('a write that failed is tried again, with everything that came since', () => {
    const member = createMember({ self: b, log, quickDisk: false })
    member.hear(a, append(logOf([1], endOf(log)), { previous: endOf(log), round: 0 }))
    member.fail()
    member.hear(a, append(logOf([1], endOf(logOf([1, 1]))), { previous: endOf(logOf([1, 1])), round: 0 }))
    expect(member.wait(250)).toEqual(['save ballot 1, append 2-3'])
  })
})
