import { describe, expect, test } from 'bun:test'
import { a, append, b, c, createMember, endOf, five, grant, logOf, preGrant, vote } from './member.ts'

const log = logOf([1, 1, 2])
const last = { index: 3, term: 2 }

describe('standing', () => {
  test('a follower asks before it stands, stands with a majority of yes, and leads with a majority of votes', () => {
    const member = createMember({ term: 2, log })
    expect(member.wait(1_024)).toEqual([])
    expect(member.wait(2)).toEqual(['→ b would you vote for 3@2 @2', '→ c would you vote for 3@2 @2'])
    expect(member.hear(b, preGrant(2))).toEqual(['save ballot 3/a', '→ b vote for 3@2 @3', '→ c vote for 3@2 @3'])
    expect(member.hear(c, grant(3))).toEqual(['→ b append 4 after 3, commit 0 @3', '→ c append 4 after 3, commit 0 @3', 'save append 4'])
    expect(member.role()).toBe('leader')
  })

  test('a refusal raises no term, and a round without majority is tried again', () => {
    const member = createMember({ term: 2, log })
    member.wait(1_030)
    expect(member.hear(b, { ...preGrant(2), granted: false } as never)).toEqual([])
    expect(member.wait(300)).toEqual(['→ b would you vote for 3@2 @2', '→ c would you vote for 3@2 @2'])
    expect(member.state.term).toBe(2 as never)
  })

  test('the own vote counts, and requests leave, only when they are on disk', () => {
    const member = createMember({ term: 2, log, quickDisk: false })
    member.wait(1_030)
    expect(member.hear(b, preGrant(2))).toEqual(['save ballot 3/a'])
    expect(member.hear(b, grant(3))).toEqual([])
    expect(member.role()).toBe('candidate')
    expect(member.commit()).toContain('→ c append 4 after 3, commit 0 @3')
    expect(member.role()).toBe('leader')
  })

  test('a vote of another term, twice the same vote, or of a learner elects nobody', () => {
    const member = createMember({ term: 2, log, configuration: { voters: five.voters, learners: ['x' as never] } })
    member.wait(1_030)
    for (const voter of [b, c]) member.hear(voter, preGrant(2))
    member.hear(b, grant(2), { term: 2 })
    member.hear(b, grant(3))
    member.hear(b, grant(3))
    member.hear('x' as never, grant(3))
    expect(member.role()).toBe('candidate')
    member.hear(c, grant(3))
    expect(member.role()).toBe('leader')
  })

  test('a candidate that hears the leader of its term follows', () => {
    const member = createMember({ term: 2, log })
    member.wait(1_030)
    member.hear(b, preGrant(2))
    member.hear(c, append([], { previous: endOf(log) }))
    expect(member.role()).toBe('follower')
    expect(member.state.leader).toBe(c)
  })

  test('a lone voter waits for nobody', () => {
    const member = createMember({ configuration: { voters: [a], learners: [] }, term: 0 })
    expect(member.wait(0)).toEqual(['save ballot 1/a', 'save append 1', 'save apply 1', 'applied 1'])
    expect(member.role()).toBe('leader')
  })

  test.each([
    ['a learner', { configuration: { voters: [b, c], learners: [a] } }],
    ['a stranger', { configuration: { voters: [b, c], learners: [] } }],
    ['a voter whose memory is not proved', { admitted: false }],
  ])('%s never stands', (_, given) => {
    const member = createMember({ term: 2, log, ...given })
    const lines = member.wait(5_000)
    expect(lines.filter((line) => line.includes('vote'))).toEqual([])
    expect(member.state.term).toBe(2 as never)
  })
})

describe('voting', () => {
  test('one vote a term, on disk before it is given, given again to the same candidate', () => {
    const member = createMember({ term: 2, log })
    expect(member.hear(b, vote(last), { term: 3 })).toEqual(['save ballot 3/b', '→ b grant @3'])
    expect(member.hear(c, vote(last), { term: 3 })).toEqual(['→ c refusal @3'])
    expect(member.hear(b, vote(last), { term: 3 })).toEqual(['→ b grant @3'])
  })

  test('no answer leaves while the disk is busy with it', () => {
    const member = createMember({ term: 2, log, quickDisk: false })
    expect(member.hear(b, vote(last), { term: 3 })).toEqual(['save ballot 3/b'])
    expect(member.hear(b, vote(last), { term: 3 })).toEqual([])
    expect(member.commit()).toEqual(['→ b grant @3', '→ b grant @3'])
  })

  test('a vote that a newer term overtook before it was on disk is not given', () => {
    const member = createMember({ term: 2, log, quickDisk: false })
    member.hear(b, vote(last), { term: 3 })
    member.hear(c, vote(last), { term: 4 })
    expect(member.commit()).toEqual(['save ballot 4/c'])
    expect(member.commit()).toEqual(['→ c grant @4'])
  })

  test.each([
    [{ index: 3, term: 2 }, true],
    [{ index: 9, term: 2 }, true],
    [{ index: 1, term: 3 }, true],
    [{ index: 2, term: 2 }, false],
    [{ index: 9, term: 1 }, false],
    [{ index: 0, term: 0 }, false],
  ])('a candidate whose log ends at %p is granted: %p (ours ends at 3@2)', (theirs, granted) => {
    const real = createMember({ term: 4, log }).hear(b, vote(theirs), { term: 5 })
    const pre = createMember({ term: 4, log }).hear(b, vote(theirs, { pre: true }), { term: 4 })
    expect(real.at(-1)).toBe(granted ? '→ b grant @5' : '→ b refusal @5')
    expect(pre).toEqual([granted ? '→ b pre-grant @4' : '→ b pre-refusal @4'])
  })

  test('an old candidate hears of the newer term', () => {
    const member = createMember({ term: 4, log })
    expect(member.hear(b, vote(last), { term: 3 })).toEqual(['→ b refusal @4'])
    expect(member.hear(b, vote(last, { pre: true }), { term: 3 })).toEqual(['→ b pre-refusal @4'])
  })

  test('a pre-vote raises no term of the voter', () => {
    const member = createMember({ term: 2, log })
    expect(member.hear(b, vote(last, { pre: true }), { term: 7 })).toEqual(['→ b pre-grant @2'])
    expect(member.state.term).toBe(2 as never)
  })

  test('with a live leader nobody is granted anything, unless the leader asked for it', () => {
    const member = createMember({ term: 2, log })
    member.hear(b, append([], { previous: endOf(log) }))
    expect(member.hear(c, vote(last, { pre: true }))).toEqual(['→ c pre-refusal @2'])
    expect(member.hear(c, vote(last), { term: 3 })).toEqual([])
    expect(member.state.term).toBe(2 as never)
    expect(member.hear(c, vote(last, { transfer: true }), { term: 3 })).toEqual(['save ballot 3/c', '→ c grant @3'])
  })

  test('a leader refuses too', () => {
    const member = createMember({ term: 2, log })
    member.elect()
    expect(member.hear(c, vote({ index: 9, term: 3 }, { pre: true }))).toEqual(['→ c pre-refusal @3'])
  })
})
