import { describe, expect, test } from 'bun:test'
import { a, append, b, c, createMember, d, e, endOf, five, logOf } from './member.ts'

describe('the commit rule', () => {
  test('figure 8: an entry of an older term is not committed by counting, however many have it', () => {
    // S1 of the figure: its log holds an entry of term 2, and it leads again in term 4.
    const member = createMember({ configuration: five, term: 3, log: logOf([1, 2]), applied: 1 })
    member.elect()
    expect(member.state.term).toBe(4 as never)
    member.ack(b, 2)
    member.ack(c, 2)
    expect(member.state.commitIndex).toBe(1)
    member.ack(b, 3)
    member.ack(c, 3)
    expect(member.state.commitIndex).toBe(3)
  })

  test.each([
    [[], 0],
    [[5], 0],
    [[5, 5], 5],
    [[5, 3], 3],
    [[3, 5, 4, 1], 4],
    [[5, 5, 5, 5], 5],
  ])('five voters, the others at %p: committed up to %d', (matches, commit) => {
    const member = createMember({ configuration: five })
    member.elect()
    member.act({ kind: 'propose', bodies: ['2', '3', '4', '5'] })
    matches.forEach((match, at) => void member.ack([b, c, d, e][at] ?? b, match))
    expect(member.state.commitIndex).toBe(commit)
  })

  test('what learners have does not count', () => {
    const member = createMember({ configuration: { voters: [a, b, c], learners: [d, e] } })
    member.elect()
    member.ack(d)
    member.ack(e)
    expect(member.state.commitIndex).toBe(0)
    member.ack(b)
    expect(member.state.commitIndex).toBe(1)
  })

  test('the commit index never goes back', () => {
    const log = logOf([1, 1, 1])
    const member = createMember({ self: b, log })
    member.hear(a, append([], { previous: endOf(log), commitIndex: 3 }))
    member.hear(a, append([], { previous: endOf(log), commitIndex: 1 }))
    expect(member.state.commitIndex).toBe(3)
  })

  test('applied in order, state by state, in batches of at most one commit', () => {
    const log = logOf([1, 1, 1, 1, 1])
    const member = createMember({ self: b, log, rules: { commitEntriesMax: 2 } })
    const lines = member.hear(a, append([], { previous: endOf(log), commitIndex: 5 }))
    expect(lines.filter((line) => line.startsWith('applied'))).toEqual(['applied 1-2', 'applied 3-4', 'applied 5'])
  })
})

describe('CheckQuorum', () => {
  test('a leader that no majority answers for a second steps down', () => {
    const member = createMember({ configuration: five })
    member.elect()
    for (let round = 0; round < 10; round++) {
      member.wait(200)
      member.ack(b, 0)
      member.ack(c, 0)
    }
    expect(member.role()).toBe('leader')
    for (let round = 0; round < 7; round++) {
      member.wait(200)
      member.ack(b, 0)
    }
    expect(member.role()).not.toBe('leader')
  })

  test('after a stall of its own it waits for the answers that are waiting in its sockets', () => {
    const member = createMember()
    member.elect()
    for (const peer of [b, c]) member.ack(peer)
    const stalled = member.stall(3_000)
    expect(stalled.some((line) => line.includes('heartbeat'))).toBe(true)
    expect(member.role()).toBe('leader')
    member.wait(400)
    expect(member.role()).not.toBe('leader')
  })

  test('a lone voter is its own majority', () => {
    const member = createMember({ configuration: { voters: [a], learners: [b] } })
    member.wait(0)
    member.wait(5_000)
    expect(member.role()).toBe('leader')
  })
})

describe('checkpoints', () => {
  const alone = { configuration: { voters: [a], learners: [] }, rules: { checkpointEntries: 3 } }

  test('a mark after so many entries, and then the root that the state had right after it', () => {
    const member = createMember(alone)
    member.wait(0)
    const lines = member.act({ kind: 'propose', bodies: ['2', '3', '4'] })
    expect(lines).toContain('save append 5')
    expect(lines).toContain('save apply 5, with root')
    expect(member.state.log.at(5)?.payload).toEqual({ kind: 'mark' })
    expect(member.state.log.at(6)?.payload).toEqual({ kind: 'checkpoint', index: 5, root: '5'.padStart(64, '0') as never })
  })

  test('nothing is marked while nothing changes', () => {
    const member = createMember(alone)
    member.wait(0)
    member.act({ kind: 'propose', bodies: ['2', '3', '4'] })
    const last = member.state.log.lastIndex
    member.wait(200_000)
    expect(member.state.log.lastIndex).toBe(last)
  })

  test('something changed, but little: a mark after thirty seconds', () => {
    const member = createMember(alone)
    member.wait(0)
    member.wait(31_000)
    expect(member.state.log.at(2)?.payload.kind).toBe('mark')
  })

  test('what is applied with a commit ends at a mark, so that the root belongs to it', () => {
    const log = logOf([1, { kind: 'mark' }, 1])
    const member = createMember({ self: b, log })
    const lines = member.hear(a, append([], { previous: endOf(log), commitIndex: 3 }))
    expect(lines).toEqual(['→ a ack 3 @1', 'save apply 1-2, with root', 'applied 1-2', 'save apply 3', 'applied 3'])
  })

  test('another root than the leader’s stops this member with a clear message', () => {
    const log = logOf([1, { kind: 'mark' }, { kind: 'checkpoint', index: 2, root: 'f'.repeat(64) as never }])
    const member = createMember({ self: b, log })
    const lines = member.hear(a, append([], { previous: endOf(log), commitIndex: 3 }))
    expect(lines.at(-1)).toStartWith('HALT The state of this node differs from the leader’s after entry 2')
    expect(member.role()).toBe('halted')
  })

  test('an equal root, or one of a mark that this life did not apply, is fine', () => {
    const log = logOf([1, { kind: 'mark' }, { kind: 'checkpoint', index: 2, root: '2'.padStart(64, '0') as never }])
    const member = createMember({ self: b, log })
    member.hear(a, append([], { previous: endOf(log), commitIndex: 3 }))
    const restarted = createMember({ self: b, log, applied: 2 })
    restarted.hear(a, append([], { previous: endOf(log), commitIndex: 3 }))
    expect([member.role(), restarted.role()]).toEqual(['follower', 'follower'])
  })
})

describe('compaction', () => {
  test('keeps so many applied entries, and begins when there are an eighth more', () => {
    const log = logOf(Array.from({ length: 10 }, () => 1))
    const member = createMember({ self: b, log, rules: { keepEntries: 8 } })
    const commit = (commitIndex: number) => member.hear(a, append([], { previous: endOf(log), commitIndex }))
    expect(commit(9)).toContain('save apply 1-9')
    expect(commit(10)).toContain('save apply 10')
    expect(member.hear(a, append(logOf([1], endOf(log)), { previous: endOf(log) }))).toContain('save append 11, compact to 2')
    expect(member.state.log.base.index).toBe(2)
    expect(member.state.log.lastIndex).toBe(11)
  })

  test('configurations survive it', () => {
    const log = logOf([1, { kind: 'configuration', configuration: { voters: [a, b], learners: [c] } }, 1, 1])
    const member = createMember({ self: b, log, rules: { keepEntries: 1 } })
    for (const commitIndex of [3, 4]) member.hear(a, append([], { previous: endOf(log), commitIndex }))
    expect(member.state.log.base.index).toBe(2)
    expect(member.state.log.configuration).toEqual({ voters: [a, b], learners: [c] })
  })
})
