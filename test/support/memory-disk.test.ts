import { describe, expect, test } from 'bun:test'
import { Fault, type Term } from '../../src/base/index.ts'
import { type Entry, type Machine, nextEntry, positionZero } from '../../src/consensus/index.ts'
import { createDice, type Dice } from './dice.ts'
import { createMemoryDisk } from './memory-disk.ts'
import { createSchedule } from './schedule.ts'

/** Counts what it is given. */
const machine: Machine = {
  apply: (state, { index }) => {
    state.put('seen', String(index), 'x')
    return { index }
  },
  verifySnapshot: () => null,
}
const entries: Entry[] = []
for (let at = 1; at <= 3; at++)
  entries.push(nextEntry(entries.at(-1) ?? positionZero, 1 as Term, at, { kind: 'batch', body: `body ${at}` }))
const [one, two, three] = entries as [Entry, Entry, Entry]
const ballot = { term: 1 as Term, votedFor: null }

const bench = () => {
  const schedule = createSchedule()
  const disk = createMemoryDisk({ machine, firstConfiguration: { voters: [], learners: [] }, after: schedule.after })
  const commit = (work: Parameters<typeof disk.commit>[0]) => {
    let outcome: unknown = 'not done'
    disk.commit(work, (given) => {
      outcome = given
    })
    schedule.run(schedule.nowMs + 10)
    return outcome
  }
  return { disk, schedule, commit }
}
/** Dice that always throw the lowest, or the highest. */
const loaded = (value: number): Dice => ({
  ...createDice(1),
  random: () => value,
  chance: (probability) => value < probability,
  between: (low, high) => (value < 0.5 ? low : high),
})

describe('a disk in memory', () => {
  test('keeps what it said is done, through a crash', () => {
    const { disk, commit } = bench()
    expect(commit({ ballot, append: [one, two], apply: [one] })).toEqual({ results: [{ index: 1 }] })
    disk.crash(loaded(0))
    expect(disk.load()).toMatchObject({ ballot, entries: [one, two], appliedIndex: 1 })
    expect(disk.image.rows.get('seen', '1')).toBe('x')
  })

  test('may forget what was only applied, together with everything after it', () => {
    const { disk, commit } = bench()
    commit({ append: [one, two, three] })
    commit({ apply: [one] })
    commit({ apply: [two] })
    disk.crash(loaded(0))
    expect(disk.load().appliedIndex).toBe(0)
    expect(disk.image.rows.dump()).toEqual([])
  })

  test('makes what was applied last with the next durable commit', () => {
    const { disk, commit } = bench()
    commit({ append: [one, two] })
    commit({ apply: [one] })
    commit({ append: [three] })
    disk.crash(loaded(0))
    expect(disk.load()).toMatchObject({ entries: [one, two, three], appliedIndex: 1 })
  })

  test.each([
    ['is there whole', 0, [one]],
    ['is gone whole', 0.99, []],
  ])('a commit under way when power fails %s', (_, chance, there) => {
    const { disk } = bench()
    disk.commit({ ballot, append: [one] }, () => {
      throw new Error('nobody is left to hear this')
    })
    // A high throw says no to "was it written", and keeps all of what was.
    disk.crash({ ...loaded(chance), between: (_low, high) => high })
    expect(disk.load().entries).toEqual(there)
  })

  test('changes nothing when it is full', () => {
    const { disk, commit } = bench()
    disk.faults.full = true
    expect(commit({ ballot, append: [one] })).toBeInstanceOf(Fault)
    expect(disk.image.entries).toEqual([])
    expect(() => disk.snapshots.take(0)).toThrow(Fault)
  })

  test('goes back to an earlier picture of itself, its count of openings too', () => {
    const { disk, commit } = bench()
    expect(disk.load().incarnation).toBe(1)
    const picture = disk.backup()
    commit({ append: [one] })
    expect(disk.load().incarnation).toBe(2)
    disk.rollback(picture)
    expect(disk.load()).toMatchObject({ incarnation: 2, entries: [] })
  })

  test('hands a snapshot on in pieces, and refuses one that was damaged', () => {
    const [from, to] = [bench(), bench()]
    from.commit({ append: [one, two], apply: [one, two], compactTo: 1 })
    const offer = from.disk.snapshots.take(0)
    expect(offer.position).toMatchObject({ index: 2, hash: two.hash })
    const send = (spoil: boolean) => {
      for (let have = to.disk.snapshots.receive(offer); have < offer.sizeBytes; ) {
        const piece = from.disk.snapshots.read(offer.id, have, 7)
        if (piece === undefined) throw new Error('the snapshot is gone')
        if (spoil) piece[0] = 0
        have = to.disk.snapshots.write(offer.id, have, piece)
      }
      return to.commit({ install: { id: offer.id } })
    }
    expect(send(true)).toBeInstanceOf(Fault)
    expect(to.disk.image.appliedIndex).toBe(0)
    // The damaged pieces are gone: it begins again.
    expect(to.disk.snapshots.receive(offer)).toBe(0)
    expect(send(false)).toEqual({ results: [] })
    expect(to.disk.image).toMatchObject({ appliedIndex: 2, entries: [], base: { index: 2 } })
    expect(to.disk.root()).toBe(from.disk.root())
  })

  test('throws at whoever breaks its contract', () => {
    const { disk, commit } = bench()
    expect(() => commit({ append: [two] })).toThrow('appended')
    commit({ append: [one, two] })
    disk.commit({ append: [three] }, () => undefined)
    expect(() => disk.commit({ ballot }, () => undefined)).toThrow('before the last one was done')
    const other = bench()
    other.commit({ append: [one, two] })
    expect(() => other.commit({ apply: [two] })).toThrow('applied after')
    const third = bench()
    third.commit({ append: [one, two], apply: [one] })
    expect(() => third.commit({ truncateFrom: 1 })).toThrow('truncates applied')
    expect(() => third.commit({ compactTo: 2 })).toThrow()
  })
})
