import { describe, expect, test } from 'bun:test'
import type { PeerId } from '../../src/base/index.ts'
import { changeFault } from '../../src/consensus/membership.ts'
import type { Configuration } from '../../src/consensus/types.ts'
import { a, append, b, c, createMember, d, e, endOf, logOf, preGrant, three } from './member.ts'

const configured = (configuration: Configuration) => ({ kind: 'configuration', configuration }) as const
const withLearner: Configuration = { voters: [a, b, c], learners: [d] }

describe('which change is allowed', () => {
  test.each<[string, PeerId[], PeerId[], string | null]>([
    ['a learner comes', [a, b, c], [d, e], null],
    ['a learner becomes a voter', [a, b, c, d], [], null],
    ['a voter becomes a learner', [a, b], [c, d], null],
    ['a voter leaves', [a, b], [d], null],
    ['two voters at once', [a], [d], 'conflict'],
    ['one voter for another', [a, b, d], [c], 'conflict'],
    ['a stranger becomes a voter', [a, b, c, e], [d], 'conflict'],
    ['nobody is left', [], [a, b, c, d], 'bad-request'],
    ['somebody twice', [a, b, c], [c, d], 'bad-request'],
  ])('%s', (_, voters, learners, code) => {
    expect(changeFault(withLearner, { voters, learners })?.code ?? null).toBe(code)
  })
})

describe('a change of members', () => {
  const leading = (configuration: Configuration = withLearner) => {
    const member = createMember({ configuration })
    member.elect()
    for (const voter of configuration.voters) if (voter !== a) member.ack(voter)
    return member
  }
  const change = (member: ReturnType<typeof createMember>, voters: PeerId[], learners: PeerId[]) =>
    member.act({ kind: 'reconfigure', id: 1, configuration: { voters, learners } })

  test('waits until the leader’s term is open', () => {
    const member = createMember({ configuration: withLearner })
    member.elect()
    expect(change(member, [a, b, c, d], [])).toEqual(['reconfigured: no-leader'])
  })

  test('counts from the moment it is appended', () => {
    const member = leading()
    change(member, [a, b, c, d], [])
    expect(member.state.log.configuration.voters).toEqual([a, b, c, d])
    member.ack(b, 2)
    expect(member.state.commitIndex).toBe(1)
    expect(member.ack(d, 2)).toContain('reconfigured: done')
  })

  test('a leader judges a new voter from when it votes, not by its silence as a learner', () => {
    const member = leading({ voters: [a], learners: [b] })
    member.wait(1_500)
    change(member, [a, b], [])
    member.wait(900)
    expect(member.state.role).toBe('leader')
    member.wait(400)
    expect(member.state.role).not.toBe('leader')
  })

  test('one at a time', () => {
    const member = leading()
    change(member, [a, b, c, d], [])
    expect(change(member, [a, b, d], [])).toEqual(['reconfigured: busy'])
  })

  test('a new member is sent the log; one that left hears of its leaving once, and nothing more', () => {
    const member = leading(three)
    expect(change(member, [a, b, c], [e])).toContain('→ e append 2 after 1, commit 1 @2')
    member.ack(b)
    change(member, [a, b], [e])
    const lines = member.ack(b)
    expect(lines).toContain('→ c heartbeat after 3, commit 3 @2')
    expect(member.wait(200).filter((line) => line.startsWith('→ c'))).toEqual([])
  })

  test('a leader that is no voter any more leads until that is committed, then hands on', () => {
    const member = leading(three)
    change(member, [b, c], [a])
    member.ack(b, 2)
    expect(member.role()).toBe('leader')
    expect(member.ack(c, 2)).toContain('→ b timeout-now @2')
    expect(member.role()).toBe('follower')
  })

  test('a leader that falls while it is not committed says that the outcome is open', () => {
    const member = leading()
    change(member, [a, b, c, d], [])
    expect(member.hear(b, append([]), { term: 9 })).toContain('reconfigured: timeout')
  })

  test('is taken back when it is truncated', () => {
    const log = logOf([1, configured({ voters: [a, b], learners: [] })])
    const member = createMember({ self: b, log })
    expect(member.state.log.configuration.voters).toEqual([a, b])
    member.hear(c, append(logOf([2], endOf(log.slice(0, 1))), { previous: endOf(log.slice(0, 1)) }), { term: 2 })
    expect(member.state.log.configuration).toEqual(three)
  })

  test('a new leader finishes what the old one began, before it begins another', () => {
    const member = createMember({ log: logOf([1, configured({ voters: [a, b], learners: [c] })]), applied: 1 })
    member.elect()
    expect(change(member, [a], [b, c])).toEqual(['reconfigured: no-leader'])
    member.ack(b)
    expect(change(member, [a], [b, c])).not.toContain('reconfigured: busy')
  })

  test('who is being removed still stands where it alone may have the newest log, without a vote of its own', () => {
    const member = createMember({ log: logOf([1, configured({ voters: [b], learners: [a, c] })]), applied: 1 })
    expect(member.wait(1_100)).toEqual(['→ b would you vote for 2@1 @1'])
    expect(member.hear(b, preGrant(1))).toContain('save ballot 2/a')
    expect(member.role()).toBe('candidate')
  })
})

describe('handing over', () => {
  const leading = () => {
    const member = createMember()
    member.elect()
    member.ack(b)
    return member
  }

  test('the target is brought up to date, then told to stand; meanwhile nothing new is taken', () => {
    const member = leading()
    member.act({ kind: 'propose', bodies: ['x'] })
    expect(member.act({ kind: 'transfer', to: c })).toEqual([])
    member.act({ kind: 'propose', bodies: ['y'] })
    expect(member.state.log.lastIndex).toBe(2)
    expect(member.ack(c, 1)).not.toContain('→ c timeout-now @2')
    expect(member.ack(c, 2)).toContain('→ c timeout-now @2')
  })

  test('the target stands at once, for a vote that a live leader does not hold off', () => {
    const member = createMember({ self: b })
    member.hear(a, append([]))
    expect(member.hear(a, { kind: 'timeout-now' })).toEqual([
      'save ballot 2/b',
      '→ a vote for 0@0 (transfer) @2',
      '→ c vote for 0@0 (transfer) @2',
    ])
  })

  test('only its own leader can order a member to stand', () => {
    const member = createMember({ self: b })
    member.hear(a, append([]))
    expect(member.hear(c, { kind: 'timeout-now' })).toEqual([])
    expect(member.hear(a, { kind: 'timeout-now' }, { term: 0 })).toEqual([])
  })

  test('the order is repeated with heartbeats, and given up after a second: the leader goes on', () => {
    const member = leading()
    expect(member.act({ kind: 'transfer', to: b })).toEqual(['→ b timeout-now @2'])
    expect(member.wait(200)).toContain('→ b timeout-now @2')
    const lines = [...Array(6)].flatMap(() => {
      member.ack(b)
      return member.wait(200)
    })
    expect(lines).toContain('transfer to b: timeout')
    expect(member.act({ kind: 'propose', bodies: ['x'] })).not.toEqual([])
  })

  test.each([
    ['itself', a, 'conflict'],
    ['a stranger', e, 'bad-request'],
  ])('not to %s', (_, to, code) => {
    expect(leading().act({ kind: 'transfer', to })).toEqual([`transfer to ${to}: ${code}`])
  })

  test('not twice at once', () => {
    const member = leading()
    member.act({ kind: 'transfer', to: b })
    expect(member.act({ kind: 'transfer', to: c })).toEqual(['transfer to c: busy'])
  })
})

describe('weight 0', () => {
  const aside = { [a]: 1_000, [b]: 0, [c]: 1 }

  test('must lead with the newest log, and hands on as soon as a better voter has it', () => {
    const member = createMember()
    member.elect()
    member.act({ kind: 'ranks', ranks: aside })
    member.ack(c)
    expect(member.state.commitIndex).toBe(1)
    const lines = member.wait(200)
    expect(lines).toContain('→ c timeout-now @2')
  })

  test('not before its term is open', () => {
    const member = createMember()
    member.elect()
    member.act({ kind: 'ranks', ranks: aside })
    member.ack(b, 0)
    expect(member.wait(200).filter((line) => line.includes('timeout-now'))).toEqual([])
  })

  test('to nobody who stands aside too: then it goes on leading', () => {
    const member = createMember()
    member.elect()
    member.act({ kind: 'ranks', ranks: { [a]: 1_000, [b]: 1_001, [c]: 1_002 } })
    for (let round = 0; round < 10; round++) {
      member.ack(b)
      expect(member.wait(200).filter((line) => line.includes('timeout-now'))).toEqual([])
    }
    expect(member.role()).toBe('leader')
  })
})
