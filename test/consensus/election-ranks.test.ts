import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { asPeerId, type PeerId } from '../../src/base/index.ts'
import { type Candidate, rankVoters } from '../../src/consensus/election-ranks.ts'

const voter = (name: string, score: number | null, changes: Partial<Candidate> = {}): Candidate => ({
  peer: asPeerId(name),
  score,
  weightZero: false,
  answers: true,
  ...changes,
})

const order = (ranks: Readonly<Record<PeerId, number>>): string[] =>
  Object.entries(ranks)
    .sort((a, b) => a[1] - b[1])
    .map(([peer]) => peer)

describe('ranks', () => {
  test('follow the scores at first', () => {
    expect(order(rankVoters({}, [voter('a', 0.4), voter('b', 0.8), voter('c', 0.6)]))).toEqual(['b', 'c', 'a'])
  })

  test('are the numbers 0, 1, 2 …', () => {
    expect(Object.values(rankVoters({}, [voter('a', 0.4), voter('b', 0.8), voter('c', null)])).toSorted()).toEqual([0, 1, 2])
  })

  test('put weight 0 last, whatever its score', () => {
    expect(order(rankVoters({}, [voter('a', 0.99, { weightZero: true }), voter('b', 0.1)]))).toEqual(['b', 'a'])
  })

  test('put who does not answer behind who does, before weight 0', () => {
    const voters = [voter('a', 0.9, { answers: false }), voter('b', 0.2), voter('c', 0.95, { weightZero: true })]
    expect(order(rankVoters({}, voters))).toEqual(['b', 'a', 'c'])
  })

  test('put the leader behind the others that answer: they stand when it is gone', () => {
    const voters = [voter('a', 0.9), voter('b', 0.5), voter('c', 0.6), voter('d', 0.8, { answers: false })]
    expect(order(rankVoters({}, voters, asPeerId('a')))).toEqual(['c', 'b', 'a', 'd'])
  })

  test('keep their places while scores differ by 0.05 or less, and change for more', () => {
    const before = rankVoters({}, [voter('a', 0.6), voter('b', 0.58)])
    expect(order(rankVoters(before, [voter('a', 0.56), voter('b', 0.6)]))).toEqual(['a', 'b'])
    expect(order(rankVoters(before, [voter('a', 0.56), voter('b', 0.62)]))).toEqual(['b', 'a'])
  })

  test('of a new leader that knows no scores yet are those of the former', () => {
    const before = rankVoters({}, [voter('a', 0.4), voter('b', 0.8), voter('c', 0.6)])
    expect(rankVoters(before, [voter('a', null), voter('b', null), voter('c', null)])).toEqual(before)
  })

  test('let scored voters pass one without a score, which keeps its place', () => {
    const before = rankVoters({}, [voter('a', 0.4), voter('x', 0.3), voter('b', 0.2)])
    expect(order(rankVoters(before, [voter('a', 0.4), voter('x', null), voter('b', 0.9)]))).toEqual(['b', 'x', 'a'])
  })

  test('take in a newcomer where its score puts it', () => {
    const before = rankVoters({}, [voter('a', 0.8), voter('b', 0.4)])
    expect(order(rankVoters(before, [voter('a', 0.8), voter('b', 0.4), voter('c', 0.6)]))).toEqual(['a', 'c', 'b'])
  })

  test('under noise of 0.02 let no two voters change places more than once', () => {
    const bases = fc.array(fc.double({ min: 0.02, max: 0.98, noNaN: true }), { minLength: 2, maxLength: 7 })
    const noise = fc.infiniteStream(fc.double({ min: -0.0199, max: 0.0199, noNaN: true }))
    fc.assert(
      fc.property(bases, noise, (scores, noises) => {
        let ranks: Readonly<Record<PeerId, number>> = {}
        const changes = new Map<string, number>()
        for (let round = 0; round < 60; round += 1) {
          const next = rankVoters(
            ranks,
            scores.map((base, at) => voter(`v${at}`, base + (noises.next().value ?? 0))),
          )
          for (const [a, b] of pairs(scores.length)) {
            const was = Math.sign((ranks[a] ?? 0) - (ranks[b] ?? 0))
            if (round > 0 && was !== Math.sign((next[a] ?? 0) - (next[b] ?? 0)))
              changes.set(`${a} ${b}`, (changes.get(`${a} ${b}`) ?? 0) + 1)
          }
          ranks = next
        }
        expect(Math.max(0, ...changes.values())).toBeLessThanOrEqual(1)
      }),
      { numRuns: 200 },
    )
  })
})

const pairs = (count: number): [PeerId, PeerId][] =>
  Array.from({ length: count }, (_, a) =>
    Array.from({ length: a }, (_, b): [PeerId, PeerId] => [asPeerId(`v${a}`), asPeerId(`v${b}`)]),
  ).flat()
