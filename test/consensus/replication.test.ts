import { describe, expect, test } from 'bun:test'
import { a, ackOf, append, b, c, createMember, endOf, five, logOf, refusal } from './member.ts'

/** The leader of figure 7 of the Raft paper: its log when it comes to power in term 8. */
const leader = logOf([1, 1, 1, 4, 4, 5, 5, 6, 6, 6])

describe('the logs of figure 7', () => {
  const followers = {
    'a: lacks one entry': [1, 1, 1, 4, 4, 5, 5, 6, 6],
    'b: lacks many': [1, 1, 1, 4],
    'c: has one more': [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 6],
    'd: has two more of a newer term': [1, 1, 1, 4, 4, 5, 5, 6, 6, 6, 7, 7],
    'e: lacks and has others': [1, 1, 1, 4, 4, 4, 4],
    'f: has wholly others': [1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3],
    empty: [],
  }

  test.each(Object.entries(followers))('%s; in the end it has the leader’s log', (_, terms) => {
    const follower = createMember({ self: b, term: 7, log: logOf(terms) })
    const opened = logOf([8], endOf(leader))
    const whole = [...leader, ...opened]
    let next = whole.length
    for (let tries = 0; tries < 12; tries++) {
      const entries = whole.slice(next - 1)
      const lines = follower.hear(a, append(entries, { previous: endOf(whole.slice(0, next - 1)) }), { term: 8 })
      if (lines.includes('→ a ack 11 @8')) break
      const hint = /try (\d+)/.exec(lines.join())?.[1]
      next = Number(hint) + 1
    }
    expect(whole.map(({ index }) => follower.state.log.at(index)?.hash)).toEqual(whole.map(({ hash }) => hash))
    expect(follower.state.log.lastIndex).toBe(11)
    expect(follower.state.saving.savedIndex).toBe(11)
  })

  test('a whole term that does not fit is skipped at once', () => {
    const follower = createMember({ self: b, term: 7, log: logOf([1, 1, 1, 2, 2, 2, 3, 3, 3, 3, 3]) })
    const say = (previous: number) => follower.hear(a, append([], { previous: endOf(leader.slice(0, previous)) }), { term: 8 }).at(-1)
    expect(say(10)).toBe('→ a no fit at 10, try 6 @8')
    expect(say(6)).toBe('→ a no fit at 6, try 3 @8')
    expect(say(3)).toBe('→ a ack 3 @8')
  })
})

describe('a follower', () => {
  const log = logOf([1, 1])
  const more = logOf([1, 1, 1], endOf(log))

  test('acknowledges what is saved, and only then', () => {
    const member = createMember({ self: b, log, quickDisk: false })
    expect(member.hear(a, append(more, { previous: endOf(log), round: 0 }))).toEqual(['save append 3-5'])
    expect(member.commit()).toEqual(['→ a ack 5 @1'])
  })

  test('answers a new heartbeat round at once, for what is saved already', () => {
    const member = createMember({ self: b, log, quickDisk: false })
    member.hear(a, append(more, { previous: endOf(log), round: 0 }))
    expect(member.hear(a, append([], { previous: endOf(more), round: 1 }))).toEqual(['→ a ack 2 @1'])
    expect(member.hear(a, append([], { previous: endOf(more), round: 1 }))).toEqual([])
  })

  test('merges everything that came during a commit into the next one, with one answer', () => {
    const member = createMember({ self: b, log, quickDisk: false })
    const [third, fourth, fifth] = more as [never, never, never]
    expect(member.hear(a, append([third], { previous: endOf(log), round: 0 }))).toEqual(['save append 3'])
    member.hear(a, append([fourth], { previous: endOf(more.slice(0, 1)), round: 0 }))
    member.hear(a, append([fifth], { previous: endOf(more.slice(0, 2)), round: 0, commitIndex: 3 }))
    expect(member.commit()).toEqual(['→ a ack 3 @1', 'save append 4-5'])
    expect(member.commit()).toEqual(['→ a ack 5 @1', 'save apply 1-3'])
    expect(member.commit()).toEqual(['applied 1-3'])
  })

  test('saves before it applies, since the leader waits for that, but lets applying wait for one commit only', () => {
    const member = createMember({ self: b, log, quickDisk: false })
    const [third, fourth, fifth] = more as [never, never, never]
    expect(member.hear(a, append([third], { previous: endOf(log), round: 0, commitIndex: 2 }))).toEqual(['save append 3'])
    member.hear(a, append([fourth], { previous: endOf(more.slice(0, 1)), round: 0, commitIndex: 2 }))
    expect(member.commit()).toEqual(['→ a ack 3 @1', 'save apply 1-2'])
    member.hear(a, append([fifth], { previous: endOf(more.slice(0, 2)), round: 0, commitIndex: 3 }))
    expect(member.commit()).toEqual(['applied 1-2', '→ a ack 3 @1', 'save append 4-5'])
  })

  test('takes nothing whose hash does not continue its log', () => {
    const member = createMember({ self: b, log })
    const forged = more.map((entry) => ({ ...entry, payload: { kind: 'batch', body: 'forged' } as const }))
    expect(member.hear(a, append(forged, { previous: endOf(log) }))).toEqual([])
    expect(member.state.log.lastIndex).toBe(2)
  })

  test('takes no entry of a term above its leader’s', () => {
    const member = createMember({ self: b, log })
    expect(member.hear(a, append(logOf([7], endOf(log)), { previous: endOf(log) }))).toEqual([])
  })

  test('commits what the leader says, as far as it has it', () => {
    const member = createMember({ self: b, log })
    expect(member.hear(a, append(more, { previous: endOf(log), commitIndex: 99 }))).toEqual([
      '→ a ack 2 @1',
      'save append 3-5',
      '→ a ack 5 @1',
      'save apply 1-5',
      'applied 1-5',
    ])
  })

  test('commits nothing of a log that is not yet known to be the leader’s', () => {
    const member = createMember({ self: b, log: logOf([1, 1, 1, 1]) })
    const lines = member.hear(a, append([], { previous: endOf(log), commitIndex: 4 }))
    expect(lines).toContain('save apply 1-2')
    expect(member.state.commitIndex).toBe(2)
  })

  test('repeated and late appends change nothing', () => {
    const member = createMember({ self: b, log })
    member.hear(a, append(more, { previous: endOf(log), commitIndex: 4 }))
    expect(member.hear(a, append(more.slice(0, 1), { previous: endOf(log) }))).toEqual(['→ a no fit at 2, try 4 @1'])
    expect(member.hear(a, append(more, { previous: endOf(log) }))).toEqual(['→ a ack 5 @1'])
    expect(member.state.log.lastIndex).toBe(5)
  })

  test('an old leader is told of the newer term and not obeyed', () => {
    const member = createMember({ self: b, term: 5, log })
    expect(member.hear(a, append(more, { previous: endOf(log) }), { term: 4 })).toEqual(['→ a no fit at 0, try 0 @5'])
    expect(member.state.log.lastIndex).toBe(2)
  })

  test('a follower whose committed history is another halts with a clear message', () => {
    const member = createMember({ self: b, term: 1, log: logOf([1, 1, 1]), applied: 3 })
    const other = logOf([2, 2, 2])
    const lines = member.hear(a, append([], { previous: endOf(other) }), { term: 2 })
    expect(lines[0]).toStartWith('HALT The committed history of this node differs')
    expect(member.hear(a, append([]), { term: 2 })).toEqual([])
  })

  test('more than the backlog is not kept in memory while the disk does not move', () => {
    const member = createMember({ self: b, log, quickDisk: false, rules: { backlogEntriesMax: 3 } })
    member.hear(a, append(logOf([1, 1, 1, 1, 1, 1], endOf(log)), { previous: endOf(log) }))
    expect(member.state.log.lastIndex).toBe(5)
  })
})

describe('a leader', () => {
  test('sends its entries while its own disk is busy, and counts itself only afterwards', () => {
    const member = createMember({ term: 1, log: logOf([1]), quickDisk: false })
    member.wait(1_030)
    member.hear(b, {
      kind: 'vote-reply',
      pre: true,
      granted: true,
      promised: { incarnation: 1, term: 1 as never, voted: false, lastTerm: 1 as never, lastIndex: 9 },
    })
    member.commit()
    const lines = member.hear(b, {
      kind: 'vote-reply',
      pre: false,
      granted: true,
      promised: { incarnation: 1, term: 2 as never, voted: true, lastTerm: 1 as never, lastIndex: 9 },
    })
    expect(lines).toEqual(['→ b append 2 after 1, commit 0 @2', '→ c append 2 after 1, commit 0 @2', 'save append 2'])
    expect(member.ack(b)).toEqual([])
    expect(member.commit()).toEqual(['save apply 1-2'])
  })

  test('may commit without its own disk when a majority of others has it', () => {
    const member = createMember({ configuration: five, quickDisk: false })
    member.wait(1_030)
    for (const voter of [b, c])
      member.hear(voter, {
        kind: 'vote-reply',
        pre: true,
        granted: true,
        promised: { incarnation: 1, term: 1 as never, voted: false, lastTerm: 0 as never, lastIndex: 0 },
      })
    member.commit()
    for (const voter of [b, c])
      member.hear(voter, {
        kind: 'vote-reply',
        pre: false,
        granted: true,
        promised: { incarnation: 1, term: 2 as never, voted: true, lastTerm: 0 as never, lastIndex: 0 },
      })
    for (const voter of five.voters.slice(1, 4)) member.ack(voter)
    expect(member.state.commitIndex).toBe(1)
    expect(member.state.appliedIndex).toBe(0)
  })

  test('streams further entries without waiting for answers once a place fits', () => {
    const member = createMember()
    member.elect()
    member.ack(b)
    member.ack(c)
    expect(member.act({ kind: 'propose', bodies: ['x'] })).toEqual([
      '→ b append 2 after 1, commit 1 @2',
      '→ c append 2 after 1, commit 1 @2',
      'save append 2',
    ])
    expect(member.act({ kind: 'propose', bodies: ['y', 'z'] }).slice(0, 2)).toEqual([
      '→ b append 3-4 after 2, commit 1 @2',
      '→ c append 3-4 after 2, commit 1 @2',
    ])
  })

  test('stops streaming to a follower whose window is full, and goes on when it answers', () => {
    const member = createMember({ rules: { flightsMax: 2 } })
    member.elect()
    member.ack(b)
    for (const body of ['x', 'y', 'z']) member.act({ kind: 'propose', bodies: [body] })
    expect(member.state.lead?.peers.get(b)?.flights.length).toBe(2)
    expect(member.ack(b, 2)).toContain('→ b append 4 after 3, commit 2 @2')
  })

  test('caps one message by entries and by size', () => {
    const member = createMember({ rules: { appendEntriesMax: 2, appendCharsMax: 1_000 } })
    member.elect()
    member.ack(b)
    const sizes = (bodies: string[]) => member.act({ kind: 'propose', bodies }).filter((line) => line.startsWith('→ b'))
    expect(sizes(['1', '2', '3'])).toEqual(['→ b append 2-3 after 1, commit 1 @2', '→ b append 4 after 3, commit 1 @2'])
    expect(sizes(['x'.repeat(700), 'y'.repeat(700)])).toHaveLength(2)
  })

  test('goes back to where the follower says after a loss, and ignores late refusals', () => {
    const member = createMember({ log: logOf([1, 1, 1, 1]) })
    member.elect()
    member.ack(b, 5)
    for (const body of ['x', 'y']) member.act({ kind: 'propose', bodies: [body] })
    expect(member.hear(b, refusal(6, 5, 2))).toEqual(['→ b append 6-7 after 5, commit 5 @2'])
    expect(member.hear(b, refusal(6, 5, 2))).toEqual([])
    expect(member.ack(b, 7)).toContain('save apply 6-7')
  })

  test('does not ask in circles when the follower wants what it does not have', () => {
    const member = createMember({ log: logOf([1]) })
    member.elect()
    expect(member.hear(b, refusal(1, 40, 2)).filter((line) => line.startsWith('→ b'))).toEqual(
      ['→ b heartbeat after 2, commit 0 @2'].slice(1),
    )
    expect(member.hear(b, refusal(2, 40, 2))).toEqual([])
  })

  test('believes no acknowledgement of entries that it does not have', () => {
    const member = createMember()
    member.elect()
    member.ack(b, 50)
    expect(member.state.commitIndex).toBe(0)
  })

  test('stamps each entry with its clock, and always later than the one before', () => {
    const member = createMember()
    member.elect()
    member.wallMs = 2_000_000
    member.act({ kind: 'propose', bodies: ['x'] })
    member.wallMs = 500
    member.act({ kind: 'propose', bodies: ['y', 'z'] })
    expect([2, 3, 4].map((index) => member.state.log.at(index)?.stampMs)).toEqual([2_000_000, 2_000_001, 2_000_002])
  })

  test('tells who forwarded a proposal at once that it is committed; others hear it with the next message', () => {
    const member = createMember()
    member.elect()
    for (const peer of [b, c]) member.ack(peer)
    member.hear(c, { kind: 'propose', bodies: ['x'] })
    expect(member.ack(b)).toEqual(['→ c heartbeat after 2, commit 2 @2', 'save apply 2', 'applied 2'])
  })

  test('answers of another term do not count', () => {
    const member = createMember()
    member.elect()
    member.hear(b, ackOf(1, 1, 2), { term: 1 })
    expect(member.state.commitIndex).toBe(0)
    member.hear(b, ackOf(1, 1, 9), { term: 9 })
    expect(member.role()).toBe('follower')
    expect(member.state.term).toBe(9 as never)
  })

  test('drops a proposal that is larger than an entry may be', () => {
    const member = createMember({ rules: { bodyCharsMax: 10 } })
    member.elect()
    member.act({ kind: 'propose', bodies: ['x'.repeat(11), 'short'] })
    expect(member.state.log.lastIndex).toBe(2)
  })

  test('takes no more proposals than its backlog holds', () => {
    const member = createMember({ rules: { backlogEntriesMax: 3 } })
    member.elect()
    for (let at = 0; at < 9; at++) member.act({ kind: 'propose', bodies: ['x'] })
    expect(member.state.log.lastIndex).toBe(3)
  })
})

test('a follower forwards proposals to the leader, in messages that fit', () => {
  const member = createMember({ self: b, rules: { appendCharsMax: 10 } })
  expect(member.act({ kind: 'propose', bodies: ['x'] })).toEqual([])
  member.hear(a, append([]))
  expect(member.act({ kind: 'propose', bodies: ['12345678', '1234', '5678'] })).toEqual([
    '→ a propose 12345678 @1',
    '→ a propose 1234 5678 @1',
  ])
})
