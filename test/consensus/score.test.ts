import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { asPeerId } from '../../src/base/index.ts'
import { type ScoreInput, type ScoreLoad, type SeenBy, scoreMember, scoreMembers } from '../../src/consensus/score.ts'
import { showScore } from '../../src/consensus/score-shown.ts'
import { checkScoreWeights, scoreParts, scoreWeightsDefault } from '../../src/consensus/score-weights.ts'

const peer = asPeerId('atlas')
const gib = 2 ** 30

const idle: ScoreLoad = {
  cpuBusyPercent: 0,
  memory: { totalBytes: 64 * gib, freeBytes: 64 * gib },
  disks: [{ totalBytes: 2e12, freeBytes: 2e12 }],
  gpus: [{ vramTotalBytes: 24 * gib, unified: false, busyPercent: 0 }],
  eventLoopLagMs: 1,
}

const seen = (by: string, changes: Partial<SeenBy> = {}): SeenBy => ({
  by: asPeerId(by),
  healthyShare: 1,
  observedMs: 3_600_000,
  restarts: 0,
  rttMs: 0.5,
  ...changes,
})

const input = (changes: Partial<ScoreInput> = {}): ScoreInput => ({
  peer,
  seenBy: [seen('nova'), seen('mini'), seen('pi')],
  others: 3,
  load: idle,
  preference: 0.5,
  ...changes,
})

const total = (given: ScoreInput): number => scoreMember(given).total ?? Number.NaN

describe('a score', () => {
  test('is near 1 for an idle, steady, near machine that the operator prefers', () => {
    expect(total(input({ preference: 1 }))).toBeGreaterThan(0.9)
  })

  test.each([
    ['flaps', { seenBy: [seen('nova', { healthyShare: 0.6 }), seen('mini', { healthyShare: 0.6 }), seen('pi', { healthyShare: 0.6 })] }],
    ['restarts', { seenBy: ['nova', 'mini', 'pi'].map((by) => seen(by, { restarts: 3 })) }],
    ['is far away', { seenBy: ['nova', 'mini', 'pi'].map((by) => seen(by, { rttMs: 40 })) }],
    ['has a busy processor', { load: { ...idle, cpuBusyPercent: 90 } }],
    ['has little memory left', { load: { ...idle, memory: { totalBytes: 64 * gib, freeBytes: gib } } }],
    ['has a GPU busy with inference', { load: { ...idle, gpus: [{ vramTotalBytes: 24 * gib, unified: false, busyPercent: 100 }] } }],
    ['has a lagging event loop', { load: { ...idle, eventLoopLagMs: 150 } }],
    ['has no GPU', { load: { ...idle, gpus: [] } }],
    ['shares its memory with the GPU', { load: { ...idle, gpus: [{ vramTotalBytes: 24 * gib, unified: true, busyPercent: 0 }] } }],
    ['has a full disk', { load: { ...idle, disks: [{ totalBytes: 2e12, freeBytes: 1e11 }] } }],
    ['is not wanted', { preference: 0 }],
  ] satisfies [string, Partial<ScoreInput>][])('is lower for one that %s', (_, changes) => {
    expect(total(input(changes))).toBeLessThan(total(input()) - 0.005)
  })

  test.each([
    ['no other machine has reported on it', { seenBy: [] }, 'not yet: no other machine has reported on it'],
    ['reports are younger than ten seconds', { seenBy: [seen('nova', { observedMs: 9_000 })] }, 'not yet: needs 10 s of reports'],
    ['it has said nothing of itself', { load: null }, 'not yet: it has not reported its load'],
    ['only it praises itself', { seenBy: [{ ...seen('x'), by: peer }] }, 'not yet: no other machine has reported on it'],
  ] satisfies [string, Partial<ScoreInput>, string][])('is withheld with a reason while %s', (_, changes, reason) => {
    expect(scoreMember(input(changes))).toEqual({ total: null, parts: null, reason })
  })

  test('of the only member counts it as steady and near, because nobody could say otherwise', () => {
    const { parts } = scoreMember(input({ seenBy: [], others: 0 }))
    expect(parts?.stability).toBe(0.3)
    expect(parts?.network).toBe(0.2)
  })

  test('ignores reports about oneself, double ones, and ones with impossible numbers', () => {
    const honest = input()
    const noisy = input({
      seenBy: [
        ...honest.seenBy,
        { ...seen('x', { healthyShare: 0 }), by: peer },
        seen('liar', { healthyShare: Number.NaN }),
        seen('liar2', { healthyShare: 7 }),
        seen('liar3', { restarts: -5 }),
        seen('liar4', { rttMs: Number.POSITIVE_INFINITY }),
        seen('pi'),
      ],
    })
    expect(scoreMember(noisy)).toEqual(scoreMember(honest))
  })
})

describe('one liar', () => {
  const lie = fc.record({
    healthyShare: fc.double({ min: 0, max: 1, noNaN: true }),
    restarts: fc.nat(1000),
    rttMs: fc.option(fc.double({ min: 0, max: 1e6, noNaN: true })),
    observedMs: fc.constantFrom(0, 60_000, 3_600_000, 1e15),
  })

  test.each([3, 4, 5, 6])('among %d reporters moves a score by less than 0.02', (reporters) => {
    fc.assert(
      fc.property(lie, fc.infiniteStream(fc.double({ min: 0, max: 0.4, noNaN: true })), (lied, noise) => {
        const honest = Array.from({ length: reporters - 1 }, (_, at) => seen(`m${at}`, { rttMs: 0.4 + (noise.next().value ?? 0) }))
        const usual = 0.6
        const without = scoreMember(input({ seenBy: honest, others: reporters }), scoreWeightsDefault, usual)
        const withLie = scoreMember(input({ seenBy: [...honest, seen('liar', lied)], others: reporters }), scoreWeightsDefault, usual)
        expect(Math.abs((withLie.total ?? 0) - (without.total ?? 0))).toBeLessThan(0.02)
      }),
    )
  })

  test('among two cannot sink an honest machine: the neutral voice decides between the two', () => {
    const both = input({ others: 2, seenBy: [seen('nova'), seen('mini')] })
    const slandered = input({ others: 2, seenBy: [seen('nova'), seen('liar', { healthyShare: 0, restarts: 99, rttMs: 9_000 })] })
    const before = scoreMember(both, scoreWeightsDefault, 0.5).total ?? 0
    const after = scoreMember(slandered, scoreWeightsDefault, 0.5).total ?? 0
    expect(before - after).toBeLessThan(0.02)
  })
})

describe('parts and weights', () => {
  const anyInput = fc.record({
    peer: fc.constant(peer),
    others: fc.constantFrom(0, 1, 2, 4),
    preference: fc.double(),
    seenBy: fc.array(
      fc.record({
        by: fc.constantFrom(...['a', 'b', 'c', 'd'].map(asPeerId)),
        healthyShare: fc.double(),
        observedMs: fc.constantFrom(Number.NaN, -1, 60_000, 3_600_000),
        restarts: fc.double(),
        rttMs: fc.option(fc.double()),
      }),
      { maxLength: 6 },
    ),
    load: fc.record({
      cpuBusyPercent: fc.option(fc.double()),
      memory: fc.record({ totalBytes: fc.double(), freeBytes: fc.double() }),
      disks: fc.array(fc.record({ totalBytes: fc.double(), freeBytes: fc.double() }), { maxLength: 2 }),
      gpus: fc.array(fc.record({ vramTotalBytes: fc.option(fc.double()), unified: fc.boolean(), busyPercent: fc.option(fc.double()) }), {
        maxLength: 3,
      }),
      eventLoopLagMs: fc.double(),
    }),
  })

  const anyWeights = fc
    .tuple(...scoreParts.slice(1).map(() => fc.nat(100)))
    .map((cuts) => [0, ...cuts.toSorted((a, b) => a - b), 100])
    .map((cuts) =>
      checkScoreWeights(Object.fromEntries(scoreParts.map((part, at) => [part, ((cuts[at + 1] ?? 0) - (cuts[at] ?? 0)) / 100]))),
    )

  test('whatever is reported, each part stays within its weight and the parts add up to the total', () => {
    fc.assert(
      fc.property(anyInput, anyWeights, (given, weights) => {
        const score = scoreMember(given, weights, 1)
        if (score.total === null) return
        for (const part of scoreParts) {
          expect(score.parts[part]).toBeGreaterThanOrEqual(0)
          expect(score.parts[part]).toBeLessThanOrEqual(weights[part])
        }
        expect(score.total).toBeCloseTo(
          Object.values(score.parts).reduce((sum, value) => sum + value, 0),
          10,
        )
      }),
    )
  })

  test('as shown, parts in hundredths add up to the total exactly, none above its weight, none off by a hundredth or more', () => {
    fc.assert(
      fc.property(anyInput, anyWeights, (given, weights) => {
        const score = scoreMember(given, weights, 1)
        const shown = showScore(score, weights)
        if (score.total === null || shown === null) return
        const hundredths = shown.parts.map(({ value }) => Math.round(value * 100))
        expect(hundredths.reduce((sum, value) => sum + value, 0)).toBe(Math.round(shown.total * 100))
        expect(Math.abs(shown.total - score.total)).toBeLessThanOrEqual(0.005 + 1e-9)
        for (const { part, value, upTo } of shown.parts) {
          expect(value).toBeLessThanOrEqual(upTo)
          expect(Math.abs(value - score.parts[part])).toBeLessThan(0.01)
        }
      }),
    )
  })

  test('no score shows nothing', () => expect(showScore(scoreMember(input({ load: null })))).toBeNull())

  test('the same inputs give the same score, in whatever order the reports come', () => {
    const given = input({ seenBy: [seen('nova', { rttMs: 1 }), seen('mini', { rttMs: 2 }), seen('pi', { rttMs: 3 })] })
    expect(scoreMember({ ...given, seenBy: given.seenBy.toReversed() })).toEqual(scoreMember(given))
  })

  test('all members are scored together, each against the usual round trip of the cluster', () => {
    const scores = scoreMembers([
      input({ others: 2, seenBy: [seen('nova', { rttMs: 0.4 }), seen('mini', { rttMs: 0.4 })] }),
      input({ peer: asPeerId('nova'), others: 2, seenBy: [seen('atlas', { rttMs: 0.4 }), seen('mini', { rttMs: 0.4 })] }),
      input({ peer: asPeerId('mini'), others: 2, seenBy: [seen('atlas', { rttMs: 0.4 }), seen('nova', { rttMs: 500 })] }),
    ])
    expect(scores.get(asPeerId('mini'))?.parts?.network).toBeCloseTo(scores.get(peer)?.parts?.network ?? 0, 6)
  })

  test('the default weights are the ones of the design', () => {
    expect(checkScoreWeights({ ...scoreWeightsDefault })).toEqual({
      stability: 0.3,
      network: 0.2,
      headroom: 0.2,
      capacity: 0.15,
      preference: 0.15,
    })
  })

  test.each([
    ['do not add up', { stability: 0.3, network: 0.2, headroom: 0.2, capacity: 0.15, preference: 0.2 }, 'they add up to 1.05, not to 1'],
    ['lack a part', { stability: 0.5, network: 0.5 }, 'headroom is missing or is not a number'],
    ['name an unknown part', { ...scoreWeightsDefault, luck: 0 }, 'there is no part named "luck"'],
    ['are negative', { ...scoreWeightsDefault, network: -0.2, stability: 0.7 }, 'network is -0.2, not between 0 and 1'],
    ['are not numbers', { ...scoreWeightsDefault, network: '0.2' }, 'network is missing or is not a number'],
    ['are no numbers at all', { ...scoreWeightsDefault, network: Number.NaN }, 'network is missing or is not a number'],
    [
      'are finer than what is shown',
      { ...scoreWeightsDefault, network: 0.205, headroom: 0.195 },
      'network is 0.205, finer than hundredths',
    ],
  ])('weights that %s are refused', (_, weights, what) => {
    expect(() => checkScoreWeights(weights)).toThrow(what)
  })
})
