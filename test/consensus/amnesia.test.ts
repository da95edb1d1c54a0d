import { describe, expect, test } from 'bun:test'
import { isBehind } from '../../src/consensus/amnesia.ts'
import type { Promised, Remembered } from '../../src/consensus/types.ts'
import { a, ackOf, append, b, c, createMember, d, endOf, five, grant, logOf, preGrant, shows, vote } from './member.ts'

const log = logOf([1, 1, 2])
const at = (over: Partial<Promised> = {}): Promised => ({
  incarnation: 1,
  term: 2 as never,
  voted: true,
  lastTerm: 2 as never,
  lastIndex: 3,
  ...over,
})
const reply = (known: Remembered | null, leader: typeof a | null = null) => ({ kind: 'hello-reply', known, leader }) as const

describe('what an honest disk cannot show after what it promised', () => {
  test.each<[string, Partial<Promised>, boolean]>([
    ['the same', {}, false],
    ['more entries', { lastIndex: 9 }, false],
    ['a newer term, whatever the log', { term: 3 as never, voted: false, lastTerm: 1 as never, lastIndex: 1 }, false],
    ['fewer entries', { lastIndex: 2 }, true],
    ['an older end', { lastTerm: 1 as never, lastIndex: 9 }, true],
    ['no vote', { voted: false }, true],
    ['an older term', { term: 1 as never, lastIndex: 99 }, true],
  ])('%s', (_, shown, behind) => expect(isBehind(at(shown), at())).toBe(behind))
})

describe('a voter that restarts', () => {
  const restarted = (given = {}) => createMember({ term: 2, votedFor: b, log, incarnation: 2, admitted: false, ...given })

  test('asks everybody at once, and again, and takes no part before a majority answered', () => {
    const member = restarted({ configuration: five })
    expect(member.wait(250).filter((line) => line.includes('hello'))).toHaveLength(4)
    expect(member.hear(b, vote({ index: 3, term: 2 }, { pre: true }))).toEqual(['→ b pre-refusal @2'])
    expect(member.hear(b, vote({ index: 3, term: 2 }), { term: 3 }).at(-1)).toBe('→ b refusal @3')
    member.hear(b, reply(null))
    expect(member.state.admission.admitted).toBe(false)
    member.hear(c, reply(at({ term: 2 as never })))
    expect(member.state.admission.admitted).toBe(true)
  })

  test('answers of learners and strangers admit nobody', () => {
    const member = restarted({ configuration: { voters: [a, b, c], learners: [d] } })
    member.hear(d, reply(null))
    member.hear('x' as never, reply(null))
    expect(member.state.admission.admitted).toBe(false)
  })

  test('where somebody names a live leader, that leader must have answered too: it counted the promises', () => {
    const member = restarted()
    member.hear(b, reply(null, c))
    expect(member.state.admission.admitted).toBe(false)
    member.hear(c, reply(null, c))
    expect(member.state.admission.admitted).toBe(true)
  })

  test('a leader that was named and then fell silent holds it back no longer', () => {
    const member = restarted({ configuration: five })
    member.hear(b, reply(null, d))
    member.hear(c, reply(null, null))
    expect(member.state.admission.admitted).toBe(false)
    member.wait(1_000)
    member.hear(c, reply(null, null))
    expect(member.state.admission.admitted).toBe(true)
  })

  test('keeps the log meanwhile, with acknowledgements that do not count', () => {
    const member = restarted()
    expect(member.hear(b, append(logOf([2], endOf(log)), { previous: endOf(log), round: 0 })).at(-1)).toBe('→ b ack 4 (does not count) @2')
  })

  test.each<[string, Remembered]>([
    ['a longer log', at({ lastIndex: 9 })],
    ['a newer term', at({ term: 5 as never })],
    ['a later life than this', at({ incarnation: 3 })],
    ['a life before the last that promised more', { ...at({ incarnation: 2 }), before: at({ lastIndex: 7 }) }],
  ])('halts when somebody remembers %s', (_, known) => {
    const member = restarted()
    expect(member.hear(b, reply(known))[0]).toStartWith('HALT This node lost its memory')
    expect(member.role()).toBe('halted')
  })

  test('what was heard of its present life is no accusation, however far it has come since', () => {
    const member = restarted()
    member.hear(b, reply(at({ incarnation: 2, lastIndex: 99 })))
    expect(member.role()).toBe('follower')
  })

  test('a proof that comes late still counts', () => {
    const member = restarted()
    member.hear(b, reply(null))
    expect(member.state.admission.admitted).toBe(true)
    expect(member.hear(c, reply(at({ lastIndex: 9 })))[0]).toStartWith('HALT')
  })

  test('a lone voter and a node without a cluster have nobody to ask', () => {
    expect(createMember({ configuration: { voters: [a], learners: [] }, admitted: false }).state.admission.admitted).toBe(true)
    expect(createMember({ configuration: { voters: [], learners: [] }, admitted: false }).state.admission.admitted).toBe(true)
  })

  test('the hello of a node that waits itself is answered, and asked back', () => {
    expect(restarted().hear(b, { kind: 'hello' })).toEqual(['→ b hello back @2', '→ b hello @2'])
  })
})

describe('those who remember', () => {
  test('a leader does not count a voter that came back with less, and tells it so', () => {
    const member = createMember({ log })
    member.elect()
    member.ack(b)
    expect(member.state.commitIndex).toBe(4)
    member.act({ kind: 'propose', bodies: ['x'] })
    const lines = member.hear(b, ackOf(5, 1, 2, { promised: shows(2, { incarnation: 2, lastIndex: 3 }) }), { incarnation: 2 })
    expect(lines).toEqual(['→ b hello back, I know you @2'])
    expect(member.state.commitIndex).toBe(4)
  })

  test('nor does a candidate count its vote', () => {
    const member = createMember({ log, term: 2, promises: { [b]: at({ lastIndex: 9 }) } })
    member.wait(1_030)
    member.hear(c, preGrant(2))
    const lines = member.hear(b, { ...grant(3), promised: shows(2, { incarnation: 2, lastIndex: 3 }) } as never, { incarnation: 2 })
    expect(lines).toEqual(['→ b hello back, I know you @3'])
    expect(member.role()).toBe('candidate')
  })

  test('a message of an earlier life that comes late accuses nobody and counts for nothing', () => {
    const member = createMember({ log, promises: { [b]: at({ incarnation: 2 }) } })
    member.elect()
    expect(member.hear(b, ackOf(4, 1, 2, { promised: shows(2, { incarnation: 1, lastIndex: 1 }) }))).toEqual([])
  })

  test('a message of this life that comes late accuses nobody', () => {
    const member = createMember({ log })
    member.elect()
    member.ack(b)
    expect(member.hear(b, ackOf(2, 1, 2, { promised: shows(1, { lastIndex: 2 }) }))).toEqual([])
  })

  test('the leader spreads what it knows with heartbeats, its own promises too, and it is written with the next commit', () => {
    const member = createMember({ self: b, log })
    const known: Record<string, Remembered> = { [a]: at({ lastIndex: 4 }), [c]: at({ lastIndex: 3 }) }
    member.hear(a, append(logOf([2], endOf(log)), { previous: endOf(log), promises: known, round: 0 }), { term: 2 })
    expect(Object.fromEntries(member.state.known)).toEqual(known)
    expect(member.state.saving.promisesDirty).toBe(false)
  })

  test('without other work it is written after a second', () => {
    const member = createMember({ self: b, log, term: 2 })
    member.hear(a, append([], { previous: endOf(log), promises: { [c]: at() } }))
    expect(member.wait(999)).toEqual([])
    expect(member.wait(1)).toEqual(['save promises'])
  })
})
