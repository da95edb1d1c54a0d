import { describe, expect, test } from 'bun:test'
import { type PeerId, termOf } from '../../src/base/index.ts'
import { nextEntry, positionZero } from '../../src/consensus/entry.ts'
import type { Entry, Takeover } from '../../src/consensus/types.ts'
import { a, append, b, c, createMember, d, e, endOf, five, logOf, offerAt, vote } from './member.ts'

const log = logOf([1, 1, 1])
const epoch = (term: number) => termOf(1, term)
const takeoverAt = (entries: readonly Entry[], over: Partial<Takeover> = {}): Takeover => ({
  id: 'rescue',
  base: endOf(entries),
  configuration: { voters: [a, b], learners: [c, d, e] },
  body: 'signed',
  ...over,
})
const takeover = takeoverAt(log)
/** The log of the side that took over: the act itself, then the leader's first entry. */
const rescued = (() => {
  const act = nextEntry(endOf(log), epoch(0), 4, { kind: 'takeover', ...takeover })
  return [...log, act, nextEntry(act, epoch(1), 5, { kind: 'noop', leader: a })]
})()
const proven = { term: epoch(1), takeover }

describe('a survivor', () => {
  const survivor = (given = {}) => createMember({ configuration: five, log, ...given })

  test('appends the act, which opens the next cluster epoch with the named voters, and stands', () => {
    const member = survivor()
    expect(member.act({ kind: 'takeover', takeover })).toContain('take-over rescue: begun')
    expect(member.state.term).toBe(epoch(0))
    expect(member.state.log.configuration).toEqual({ ...takeover.configuration, takeover })
    expect(member.wait(1_000)).toContain('→ b hello @1.0 proven')
    member.hear(b, { kind: 'hello-reply', known: null, leader: null })
    expect(member.wait(500)).toContain('→ b would you vote for 4@1.0 @1.0 proven')
  })

  test('two survivors with equal logs append the same entry', () => {
    const [one, other] = [survivor(), survivor({ self: b })]
    other.wallMs = 77
    for (const member of [one, other]) member.act({ kind: 'takeover', takeover })
    expect(one.state.log.at(4)).toEqual(other.state.log.at(4) as Entry)
  })

  test('alone it leads at once', () => {
    const member = survivor()
    const alone = takeoverAt(log, { configuration: { voters: [a], learners: [b] } })
    member.act({ kind: 'takeover', takeover: alone })
    member.wait(10)
    expect(member.role()).toBe('leader')
    expect(member.state.term).toBe(epoch(1))
    expect(member.state.commitIndex).toBe(5)
  })

  test.each<[string, Partial<Takeover>, string]>([
    ['that is not signed', { body: 'forged' }, 'bad-signature'],
    ['on another base', { base: endOf(log.slice(0, 2)) }, 'conflict'],
    ['that does not name it', { configuration: { voters: [b], learners: [a] } }, 'bad-request'],
  ])('refuses an act %s', (_, over, code) => {
    expect(survivor().act({ kind: 'takeover', takeover: takeoverAt(log, over) })).toEqual([`take-over rescue: ${code}`])
  })

  test('a leader has nothing to take over', () => {
    const member = createMember({ log })
    member.elect()
    expect(member.act({ kind: 'takeover', takeover: takeoverAt([...log]) })).toEqual(['take-over rescue: conflict'])
  })
})

describe('the new epoch', () => {
  test('is believed only with proof', () => {
    const member = createMember({ self: c, configuration: five, log })
    expect(member.hear(a, append([], { previous: endOf(rescued) }), { term: epoch(1) })).toEqual([])
    expect(member.state.term).toBe(1 as never)
    expect(member.hear(a, append([], { previous: endOf(rescued) }), { term: epoch(1), takeover: { ...takeover, body: 'forged' } })).toEqual(
      [],
    )
    expect(member.hear(a, append([], { previous: endOf(rescued) }), proven)).not.toEqual([])
    expect(member.state.term).toBe(epoch(1))
  })

  test('no leader of the old epoch holds off its candidate', () => {
    const member = createMember({ self: b, configuration: five, log })
    member.hear(e, append([], { previous: endOf(log) }))
    const asked = vote({ index: 4, term: epoch(0) }, { pre: true })
    expect(member.hear(a, asked, { term: epoch(0) })).toEqual(['→ a pre-refusal @1'])
    expect(member.hear(a, asked, { term: epoch(0), takeover })).toEqual(['→ a pre-grant @1'])
  })

  test('nobody stands or is elected in it without the act in its log', () => {
    const member = createMember({ self: c, configuration: five, log, term: epoch(1) })
    expect(member.wait(5_000)).toEqual([])
    expect(member.hear(d, vote({ index: 9, term: 9 }), { term: epoch(2), takeover }).at(-1)).toBe('→ d refusal @1.2')
  })
})

describe('the other side', () => {
  const catchUp = append(rescued.slice(3), { previous: endOf(log), round: 0 })

  test('that has nothing of its own just follows', () => {
    const member = createMember({ self: c, configuration: five, log, applied: 3 })
    expect(member.hear(a, catchUp, proven)).toEqual(['save ballot 1.1, append 4-5', '→ a ack 5 @1.1'])
  })

  test('truncates what it had beyond the base but never committed', () => {
    const member = createMember({ self: c, configuration: five, log: [...log, ...logOf([1, 1], endOf(log))], applied: 3 })
    expect(member.hear(a, catchUp, proven)).toEqual(['save ballot 1.1, truncate from 4, append 4-5', '→ a ack 5 @1.1'])
  })

  test('that committed beyond the base exports it, wipes itself, and begins again as a learner without a log', () => {
    const member = createMember({ self: c, configuration: five, log: [...log, ...logOf([1, 1], endOf(log))], applied: 5 })
    const lines = member.hear(a, append([], { previous: endOf(rescued) }), proven)
    expect(lines).toEqual(['save ballot 1.1, export beyond 3 and wipe', 'exported to left-behind.jsonl', 'installed 0'])
    expect(member.state.log.configuration).toEqual({ voters: [], learners: [] })
    expect(member.hear(a, append([], { previous: endOf(rescued) }), proven)).toEqual(['→ a no fit at 5, try 0 @1.1'])
    expect(member.hear(a, append(rescued, { previous: positionZero, round: 0 }), proven)).toContain('→ a ack 5 @1.1')
  })

  test('acknowledges nothing in the new epoch before its committed part was found equal', () => {
    const own = [...log, ...logOf([1, 1], endOf(log))]
    const member = createMember({ self: c, configuration: five, log: own, applied: 5, term: epoch(1) })
    const heartbeat = append([], { previous: endOf(log.slice(0, 2)), round: 0 })
    expect(member.hear(a, heartbeat, { term: epoch(1) })).toEqual(['→ a no fit at 2, try 5 @1.1'])
    expect(member.hear(a, catchUp, { term: epoch(1) })).toContain('save export beyond 0 and wipe')
  })

  test('does so for a snapshot as well', () => {
    const member = createMember({ self: c, configuration: five, log: [...log, ...logOf([1, 1], endOf(log))], applied: 5, term: epoch(1) })
    const offer = offerAt(endOf(rescued), { ...takeover.configuration, takeover })
    const lines = member.hear(a, { kind: 'snapshot', offer, offset: 0, chunk: 'AAAA', round: 1 }, { term: epoch(1) })
    expect(lines).toContain('save export beyond 3 and wipe')
  })

  test('its old leader steps down', () => {
    const member = createMember({ configuration: five, log })
    member.elect()
    member.hear(b, append([], { previous: endOf(rescued) }), proven)
    expect(member.role()).toBe('follower')
    expect(member.state.leader).toBe(b)
  })
})

describe('two different take-overs of one epoch', () => {
  const other: Takeover = takeoverAt(log, { id: 'other', configuration: { voters: [c, d], learners: [] } })

  test('halt whoever hears of both, and the other hears of it', () => {
    const member = createMember({ configuration: five, log })
    member.act({ kind: 'takeover', takeover })
    const lines = member.hear(c, vote({ index: 4, term: epoch(0) }), { term: epoch(1), takeover: other })
    expect(lines[0]).toBe('→ c hello back @1.0 proven')
    expect(lines[1]).toStartWith('HALT Two different take-overs of one cluster epoch met (rescue and other)')
  })

  test('a forged second one halts nobody', () => {
    const member = createMember({ configuration: five, log })
    member.act({ kind: 'takeover', takeover })
    member.hear(c as PeerId, vote({ index: 4, term: epoch(0) }), { term: epoch(1), takeover: { ...other, body: 'forged' } })
    expect(member.role()).not.toBe('halted')
  })
})
