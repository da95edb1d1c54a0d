import { describe, expect, test } from 'bun:test'
import { termOf } from '../../src/base/index.ts'
import { nextEntry } from '../../src/consensus/entry.ts'
import type { Entry, Takeover } from '../../src/consensus/types.ts'
import { a, append, b, c, createMember, d, endOf, logOf, offerAt, shows, vote } from './member.ts'

const log = logOf([1, 1, 1])
const dayMs = 24 * 3_600_000

/** A follower of `a` that just heard it, and `d`, a learner. */
const follower = (given: Parameters<typeof createMember>[0] = {}) => {
  const member = createMember({ self: b, log, configuration: { voters: [a, b, c], learners: [d] }, ...given })
  member.hear(a, append([], { previous: endOf(given.log ?? log), commitIndex: 2 }))
  return member
}

describe('a learner gone bad', () => {
  const lies = logOf([1, 2, 2, 2], endOf(log.slice(0, 1)))

  test('does not lead while a leader is heard, whatever term it claims', () => {
    const member = follower()
    member.hear(d, append(lies, { previous: endOf(log.slice(0, 1)) }), { term: 9 })
    member.hear(
      d,
      { kind: 'snapshot', offer: { ...offerAt(endOf(lies), { voters: [d], learners: [] }) }, offset: 0, chunk: '', round: 1 },
      { term: 9 },
    )
    member.hear(d, vote({ index: 50, term: 9 }, { transfer: true }), { term: 9 })
    expect(member.state).toMatchObject({ term: 1, leader: a, role: 'follower' })
    expect(member.state.log.last).toMatchObject(endOf(log))
  })

  test('takes nothing from a leader that it made step down', () => {
    const leader = createMember({ log, configuration: { voters: [a, b, c], learners: [d] } })
    leader.elect()
    leader.hear(d, append([], { previous: endOf(lies) }), { term: 9 })
    expect(leader.role()).toBe('leader')
    leader.hear(d, { kind: 'snapshot-reply', id: 'f'.repeat(64), haveBytes: 0, installed: false, round: 1 }, { term: 9 })
    leader.hear(d, append(lies, { previous: endOf(log.slice(0, 1)) }), { term: 9 })
    expect(leader.state.log.last.term).toBe(2 as never)
  })

  test('halts nobody by saying that it lost its memory', () => {
    const member = follower()
    const known = shows(99, { incarnation: 0 })
    member.hear(d, { kind: 'hello-reply', known, leader: null })
    expect(member.role()).toBe('follower')
  })

  test('whose seat as a voter is not known here yet is followed once no leader was heard for a while', () => {
    const member = follower()
    member.wait(500)
    const next = logOf([2], endOf(log))
    member.hear(d, append(next, { previous: endOf(log) }), { term: 2 })
    expect(member.state.leader).toBe(a)
    member.wait(501)
    member.hear(d, append(next, { previous: endOf(log) }), { term: 2 })
    expect(member.state).toMatchObject({ leader: d, term: 2 })
  })
})

describe('stamps of a leader gone bad', () => {
  const stamped = (...stamps: number[]): Entry[] => {
    const entries: Entry[] = []
    for (const stampMs of stamps) entries.push(nextEntry(endOf([...log, ...entries]), 1 as never, stampMs, { kind: 'batch', body: 'x' }))
    return entries
  }
  const kept = (nowMs: number, ...stamps: number[]): number => {
    const member = follower()
    member.wallMs = nowMs
    member.hear(a, append(stamped(...stamps), { previous: endOf(log) }))
    return member.state.log.lastIndex - log.length
  }

  test('never go back, so what expired stays so', () => {
    expect(kept(10_000, 5_000, 5_001)).toBe(2)
    expect(kept(10_000, 5_000, 5_000)).toBe(1)
    expect(kept(10_000, 5_000, 4_999)).toBe(1)
    expect(kept(10_000, 3)).toBe(0)
  })

  test('are at most a day ahead of the clock of whoever takes them, step by step too', () => {
    expect(kept(10_000, 10_000 + dayMs)).toBe(1)
    expect(kept(10_000, 10_001 + dayMs)).toBe(0)
    expect(kept(10_000, 10_000 + dayMs, 10_001 + dayMs, 10_000 + 2 * dayMs)).toBe(1)
  })

  test('are taken by a node whose own clock is far behind the log: it is no judge', () => {
    const entries = stamped(10 * dayMs)
    const member = createMember({ self: b, log: [...log, ...entries] })
    member.wallMs = 5
    member.hear(
      a,
      append(
        logOf([1], endOf([...log, ...entries])).map((entry) =>
          nextEntry(endOf([...log, ...entries]), entry.term, 11 * dayMs, entry.payload),
        ),
        { previous: endOf([...log, ...entries]) },
      ),
    )
    expect(member.state.log.lastIndex).toBe(log.length + 2)
  })

  test('cannot be driven to where numbers end', () => {
    const end = 253_402_300_799_999
    expect(kept(end, end + 1)).toBe(0)
    expect(kept(end, end, end)).toBe(2)
    const leader = createMember({ log: [...log, ...stamped(end)] })
    leader.elect()
    expect(leader.state.log.lastStampMs).toBe(end)
  })

  test('in a snapshot are looked at too', () => {
    const member = follower()
    const offer = { ...offerAt(endOf(logOf([1, 1, 1, 1, 1])), { voters: [a, b, c], learners: [] }), stampMs: 10 * dayMs }
    expect(member.hear(a, { kind: 'snapshot', offer, offset: 0, chunk: '', round: 1 })).toEqual([])
  })
})

test('a take-over that was signed once cannot be played again further on, or in another term', () => {
  const takeover: Takeover = { id: 'old', base: endOf(log), configuration: { voters: [a], learners: [] }, body: 'signed' }
  const take = (behind: readonly Entry[], term: number) => {
    const member = follower({ log: behind, term: Math.max(term, 1) })
    const entry = nextEntry(endOf(behind), term as never, 1_000, { kind: 'takeover', ...takeover })
    member.hear(a, append([entry], { previous: endOf(behind) }), { takeover })
    return member.state.log.lastIndex - behind.length
  }
  expect(take(log, termOf(1, 0))).toBe(1)
  expect(take(log, termOf(1, 1))).toBe(0)
  expect(take(log, 1)).toBe(0)
  expect(take([...log, ...logOf([1], endOf(log))], termOf(1, 0))).toBe(0)
})
