import { describe, expect, test } from 'bun:test'
import { a, append, b, c, createMember, d, e, five } from './member.ts'

const leading = (given = {}) => {
  const member = createMember(given)
  member.elect()
  return member
}

describe('ReadIndex', () => {
  test('waits until the leader’s term is open', () => {
    const member = leading()
    expect(member.act({ kind: 'read', id: 1 })).toEqual([])
    member.ack(b)
    expect(member.ack(c)).toContain('read 1 at 1')
  })

  test('needs a majority that answers a round begun after the read came', () => {
    const member = leading({ configuration: five })
    for (const voter of [b, c]) member.ack(voter)
    const before = member.state.lead?.round
    expect(member.act({ kind: 'read', id: 1 }).filter((line) => line.startsWith('→'))).toHaveLength(4)
    expect(member.ack(b, 1)).toEqual([])
    expect(member.ack(b, 1)).toEqual([])
    expect(member.ack(d, 1, { round: before ?? 0 })).toEqual([])
    expect(member.ack(e, 1)).toEqual(['read 1 at 1'])
  })

  test('reads that come during a round share the next one', () => {
    const member = leading()
    member.ack(b)
    member.act({ kind: 'read', id: 1 })
    expect(member.act({ kind: 'read', id: 2 })).toEqual([])
    expect(member.act({ kind: 'read', id: 3 })).toEqual([])
    const lines = member.ack(b)
    expect(lines.filter((line) => line.startsWith('read') || line.includes('→ b'))).toEqual([
      'read 1 at 1',
      '→ b heartbeat after 1, commit 1 @2',
    ])
    expect(member.ack(b)).toEqual(['read 2 at 1', 'read 3 at 1'])
  })

  test('the index is what is committed when the round begins', () => {
    const member = leading()
    member.ack(b)
    member.act({ kind: 'propose', bodies: ['x'] })
    member.act({ kind: 'read', id: 1 })
    expect(member.ack(b)).toContain('read 1 at 1')
    expect(member.state.commitIndex).toBe(2)
  })

  test('a lone voter answers at once', () => {
    const member = createMember({ configuration: { voters: [a], learners: [] } })
    member.wait(0)
    expect(member.act({ kind: 'read', id: 1 })).toEqual(['read 1 at 1'])
  })

  test('answers that do not count confirm nothing, nor do learners', () => {
    const member = leading({ configuration: { voters: [a, b, c], learners: [d] } })
    member.ack(b)
    member.act({ kind: 'read', id: 1 })
    expect(member.ack(d)).toEqual([])
    expect(member.ack(c, 1, { counts: false })).toEqual([])
    expect(member.ack(b)).toEqual(['read 1 at 1'])
  })

  test('a leader that falls answers "ask again"', () => {
    const member = leading()
    member.ack(b)
    member.act({ kind: 'read', id: 1 })
    member.hear(c, { kind: 'read', id: 7 })
    const lines = member.hear(b, append([]), { term: 9 })
    expect(lines).toContain('read 1 at null')
    expect(lines).toContain('→ c read 7 at null @2')
  })
})

describe('a strong read of a follower', () => {
  test('goes to the leader, which answers with its index', () => {
    const follower = createMember({ self: b })
    follower.hear(a, append([]))
    expect(follower.act({ kind: 'read', id: 5 })).toEqual(['→ a read @1'])
    expect(follower.hear(a, { kind: 'read-reply', id: 5, index: 9 })).toEqual(['read 5 at 9'])

    const leader = leading()
    leader.ack(b)
    leader.hear(c, { kind: 'read', id: 5 })
    expect(leader.ack(c)).toContain('→ c read 5 at 1 @2')
  })

  test('without a leader it must be asked again', () => {
    expect(createMember({ self: b }).act({ kind: 'read', id: 5 })).toEqual(['read 5 at null'])
  })

  test('nobody but the leader is believed', () => {
    const follower = createMember({ self: b })
    follower.hear(a, append([]))
    follower.act({ kind: 'read', id: 5 })
    expect(follower.hear(c, { kind: 'read-reply', id: 5, index: 1 })).toEqual([])
  })
})
