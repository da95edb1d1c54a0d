import { expect, test } from 'bun:test'
import type { Json } from '../../src/base/index.ts'
import { putCommand, recall, record, resultsKept } from '../../src/ledger/index.ts'
import { openCourt } from './court.ts'

const increment = (n: number): Json[] => [putCommand('counter', n)]
const open = () => {
  const court = openCourt()
  const me = court.founder
  const play = (seq: number, given: { incarnation?: number; ackedBelow?: number; value?: number } = {}) =>
    court.apply({ kind: 'batch', body: court.seal(me, increment(given.value ?? seq), { ackedBelow: 1, ...given, seq }) })
  return { court, me, play }
}

test('a batch that comes twice is applied once and answered twice', () => {
  const { court, me, play } = open()
  const first = play(1)
  expect(play(2)).toMatchObject({ author: me.peer, incarnation: 1, seq: 2, results: [{ ok: true, version: 2 }] })
  const before = court.rows.dump()
  expect(play(1)).toEqual({ ...(first as object), duplicate: true })
  expect(court.rows.dump()).toEqual(before)
  expect(record(court.rows, 'counter')).toMatchObject({ value: 2, version: 2 })
})

test('the number decides, not the content: another batch under a number that was answered changes nothing', () => {
  const { court, play } = open()
  play(1)
  expect(play(1, { value: 99 })).toMatchObject({ duplicate: true })
  expect(record(court.rows, 'counter')?.value).toBe(1)
})

test('batches of one author may arrive in any order within the window', () => {
  const { court, play } = open()
  for (const seq of [3, 1, 2, 3, 2, 1]) play(seq)
  expect(record(court.rows, 'counter')).toMatchObject({ value: 2, version: 3 })
})

test('answers are kept until the author says it has them', () => {
  const { court, me, play } = open()
  play(1)
  play(2)
  expect(recall(court.rows, me.peer, 1, 1)).toMatchObject({ seq: 1, results: [{ ok: true, version: 1 }] })
  play(3, { ackedBelow: 3 })
  expect(recall(court.rows, me.peer, 1, 1)).toBeUndefined()
  expect(recall(court.rows, me.peer, 2, 3)).toBeUndefined()
  expect(play(2)).toMatchObject({ refused: { code: 'forgotten' }, results: [{ ok: false, code: 'forgotten' }] })
  expect(court.rows.list('results').map(({ key }) => key)).toEqual([`${me.peer}/3`])
})

test('an author that never says so can have so many batches under way and no more', () => {
  const { court, play } = open()
  for (let seq = 1; seq <= resultsKept; seq++) play(seq)
  expect(play(resultsKept + 1)).toMatchObject({ refused: { code: 'ahead' } })
  expect(court.rows.list('results')).toHaveLength(resultsKept)
  expect(play(resultsKept, { ackedBelow: resultsKept })).toMatchObject({ duplicate: true })
})

test('numbers that an author gave up on leave no gap it could fall into', () => {
  const { court, me, play } = open()
  play(1)
  play(2)
  const far = 10 * resultsKept
  expect(play(far)).toMatchObject({ refused: { code: 'ahead' } })
  expect(play(far, { ackedBelow: far - 1 })).toMatchObject({ results: [{ ok: true }] })
  expect(court.rows.list('results').map(({ key }) => key)).toEqual([`${me.peer}/${far}`])
  expect(play(3)).toMatchObject({ refused: { code: 'forgotten' } })
  expect(play(far - 1, { ackedBelow: far - 1 })).toMatchObject({ results: [{ ok: true }] })
  expect(play(far + 1000, { incarnation: 2, ackedBelow: far + 1000 })).toMatchObject({ results: [{ ok: true }] })
})

test('a new incarnation starts over; what the old one signed is refused', () => {
  const { court, me, play } = open()
  play(1)
  play(2)
  expect(play(1, { incarnation: 3, value: 7 })).toMatchObject({ incarnation: 3, results: [{ ok: true, version: 3 }] })
  expect(play(3, { incarnation: 1 })).toMatchObject({ refused: { code: 'old-incarnation' } })
  expect(play(2, { incarnation: 2 })).toMatchObject({ refused: { code: 'old-incarnation' } })
  expect(court.rows.list('results').map(({ key }) => key)).toEqual([`${me.peer}/1`])
  expect(play(resultsKept + 1, { incarnation: 4 })).toMatchObject({ refused: { code: 'ahead' } })
})

test('two authors do not share numbers', () => {
  const { court, play } = open()
  const b = court.admitted('b')
  play(7)
  expect(court.apply({ kind: 'batch', body: court.seal(b, increment(8), { seq: 7, ackedBelow: 1 }) })).toMatchObject({
    results: [{ ok: true }],
  })
  expect(record(court.rows, 'counter')).toMatchObject({ value: 8, author: b.peer })
})
