import { describe, expect, test } from 'bun:test'
import { asPeerId, Fault, type Json } from '../../src/base/index.ts'
import { type AuthorOptions, type Batch, createAuthor } from '../../src/consensus/author.ts'
import { createProcess } from '../support/process-clock.ts'
import { createSchedule } from '../support/schedule.ts'

const self = asPeerId('me')

/** An author whose proposals are collected, over a clock that the test moves. */
const createDesk = (given: Partial<AuthorOptions> = {}) => {
  const schedule = createSchedule()
  const { clock } = createProcess(schedule, { rate: 1, wallStartMs: 0 })
  const proposed: Batch[][] = []
  const author = createAuthor({
    self,
    incarnation: 7,
    clock,
    propose: (bodies) => {
      proposed.push(bodies.map((body) => JSON.parse(body) as Batch))
      return true
    },
    seal: (batch) => JSON.stringify(batch),
    recall: () => null,
    ...given,
  })
  const outcomes: (readonly Json[] | string)[] = []
  return {
    author,
    proposed,
    outcomes,
    submit: (commands: Json[], withinMs?: number) =>
      author.submit(commands, (outcome) => outcomes.push(outcome instanceof Fault ? outcome.code : outcome), withinMs),
    pass: (forMs: number) => schedule.run(schedule.nowMs + forMs),
    apply: (seq: number, results: Json[]) => author.applied({ author: self, incarnation: 7, seq, results }),
  }
}

describe('batches', () => {
  test('what is submitted together is one batch, and everybody gets the results of its own commands', () => {
    const desk = createDesk()
    desk.submit(['a', 'b'])
    desk.submit(['c'])
    desk.pass(0)
    expect(desk.proposed).toEqual([[{ author: self, incarnation: 7, seq: 1, ackedBelow: 1, commands: ['a', 'b', 'c'] }]])
    desk.apply(1, [1, 2, 3])
    expect(desk.outcomes).toEqual([[1, 2], [3]])
  })

  test('numbers go on, and say below which everything is settled', () => {
    const desk = createDesk()
    for (const command of ['a', 'b', 'c']) {
      desk.submit([command])
      desk.pass(0)
    }
    desk.apply(2, ['done'])
    desk.submit(['d'])
    desk.pass(0)
    desk.apply(1, ['done'])
    desk.submit(['e'])
    desk.pass(0)
    expect(desk.proposed.map(([batch]) => [batch?.seq, batch?.ackedBelow])).toEqual([
      [1, 1],
      [2, 1],
      [3, 1],
      [4, 1],
      [5, 3],
    ])
  })

  test('one that is too large is halved; what does not fit alone is refused', () => {
    const desk = createDesk({ bodyCharsMax: 200 })
    for (const command of ['x'.repeat(90), 'y'.repeat(90), 'z'.repeat(300)]) desk.submit([command])
    desk.pass(0)
    expect(desk.proposed.flat().map(({ commands }) => (commands[0] as string)[0])).toEqual(['x', 'y'])
    expect(desk.outcomes).toEqual(['too-large'])
  })

  test('no more than so many are outstanding; the others wait for a place', () => {
    const desk = createDesk()
    for (let at = 0; at < 70; at++) {
      desk.submit([at])
      desk.pass(0)
    }
    expect(desk.proposed).toHaveLength(64)
    desk.apply(1, ['done'])
    desk.pass(0)
    expect(desk.proposed[64]?.[0]?.commands).toEqual([64, 65, 66, 67, 68, 69])
  })

  test('results of others, of an earlier life, or given twice, settle nothing', () => {
    const desk = createDesk()
    desk.submit(['a'])
    desk.pass(0)
    desk.author.applied({ author: asPeerId('other'), incarnation: 7, seq: 1, results: ['no'] })
    desk.author.applied({ author: self, incarnation: 6, seq: 1, results: ['no'] })
    desk.apply(1, ['yes'])
    desk.apply(1, ['again'])
    expect(desk.outcomes).toEqual([['yes']])
  })

  test('a batch that was refused as a whole is a conflict for each of its commands', () => {
    const desk = createDesk()
    desk.submit(['a'])
    desk.pass(0)
    desk.apply(1, [])
    expect(desk.outcomes).toEqual(['conflict'])
  })
})

describe('what got no answer', () => {
  test('is sent again after half a second, in its order, as it was', () => {
    const desk = createDesk()
    desk.submit(['a'])
    desk.pass(100)
    desk.submit(['b'])
    desk.pass(450)
    expect(desk.proposed.slice(2)).toEqual([[{ author: self, incarnation: 7, seq: 1, ackedBelow: 1, commands: ['a'] }]])
  })

  test('is sent again at once when a leader is announced', () => {
    const desk = createDesk()
    desk.submit(['a'])
    desk.pass(1)
    desk.author.led()
    expect(desk.proposed).toHaveLength(2)
    expect(desk.proposed[1]).toEqual(desk.proposed[0] as Batch[])
  })

  test('waits while there is nobody to propose to', () => {
    let leads = false
    const sent: string[] = []
    const desk = createDesk({
      propose: (bodies) => {
        if (leads) sent.push(...bodies)
        return leads
      },
    })
    desk.submit(['a'])
    desk.pass(10)
    leads = true
    desk.author.led()
    expect(sent).toHaveLength(1)
  })

  test('ends in a time-out that says that the outcome is open, and is sent no more', () => {
    const desk = createDesk()
    desk.submit(['a'], 1_000)
    desk.pass(5_000)
    expect(desk.outcomes).toEqual(['timeout'])
    const times = desk.proposed.length
    desk.pass(5_000)
    expect(desk.proposed).toHaveLength(times)
    desk.apply(1, ['late'])
    expect(desk.outcomes).toEqual(['timeout'])
  })

  test('one of a batch may run out of time while the other still waits', () => {
    const desk = createDesk()
    desk.submit(['a'], 1_000)
    desk.submit(['b'], 9_000)
    desk.pass(2_000)
    desk.apply(1, ['for a', 'for b'])
    expect(desk.outcomes).toEqual(['timeout', ['for b']])
  })

  test('is found in the replicated state when a snapshot brought it', () => {
    const desk = createDesk({ recall: (seq) => (seq === 1 ? ['kept'] : null) })
    for (const command of ['a', 'b']) {
      desk.submit([command])
      desk.pass(0)
    }
    desk.author.installed()
    expect(desk.outcomes).toEqual([['kept']])
  })

  test('is nothing any more after the end', () => {
    const desk = createDesk()
    desk.submit(['a'])
    desk.author.stop()
    desk.pass(60_000)
    expect(desk.outcomes).toEqual([])
  })
})
