import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { asPeerId } from '../../src/base/index.ts'
import {
  becauseElected,
  beginTenure,
  considerTransfer,
  type Rival,
  type TransferDecision,
  type TransferMemory,
  type TransferView,
} from '../../src/consensus/election-policy.ts'

const atlas: Rival = { peer: asPeerId('12D-atlas'), name: 'atlas', score: 0.86, healthy: true, caughtUp: true, weightZero: false }
const vega: Rival = { ...atlas, peer: asPeerId('12D-vega'), name: 'vega', score: 0.57 }
const mini: TransferView = { self: { name: 'mini', score: 0.69, weightZero: false }, rivals: [atlas, vega], busyWith: null }

/** Looks once a second from `fromMs` to `toMs`, stops at the first transfer. */
const watch = (memory: TransferMemory, view: TransferView | ((atMs: number) => TransferView), fromMs: number, toMs: number) => {
  let decision: TransferDecision = { transferTo: null, stay: true, because: '', memory }
  for (let atMs = fromMs; atMs <= toMs; atMs += 1_000) {
    decision = considerTransfer(decision.memory, typeof view === 'function' ? view(atMs) : view, atMs)
    if (!decision.stay) return { atMs, ...decision }
  }
  return { atMs: toMs, ...decision }
}

describe('leadership', () => {
  test('moves to a voter that is ahead by 0.15 for 60 s, after 120 s at the earliest', () => {
    const moved = watch(beginTenure(0), mini, 0, 200_000)
    expect(moved.transferTo).toBe(atlas.peer)
    expect(moved.atMs).toBe(120_000)
    expect(moved.because).toBe('its score was 0.17 above that of mini for 60 s; mini handed over')
  })

  test('of a leader of long standing moves 60 s after another pulls ahead', () => {
    const pulling = (atMs: number): TransferView => ({ ...mini, rivals: [{ ...atlas, score: atMs < 500_000 ? 0.7 : 0.86 }] })
    expect(watch(beginTenure(0), pulling, 0, 900_000).atMs).toBe(560_000)
  })

  test('starts to count anew when the other falls back for a moment', () => {
    const wavering = (atMs: number): TransferView => ({ ...mini, rivals: [{ ...atlas, score: atMs % 50_000 === 0 ? 0.8 : 0.86 }] })
    expect(watch(beginTenure(0), wavering, 0, 1_000_000).stay).toBeTrue()
  })

  test('starts to count anew after a pause in which nobody looked', () => {
    const before = considerTransfer(beginTenure(0), mini, 1_000)
    expect(considerTransfer(before.memory, mini, 600_000).stay).toBeTrue()
  })

  test('counts exactly 0.15 as enough, whatever binary fractions make of it', () => {
    const view: TransferView = { ...mini, self: { ...mini.self, score: 0.5 }, rivals: [{ ...atlas, score: 0.65 }] }
    expect(watch(beginTenure(0), view, 0, 200_000).transferTo).toBe(atlas.peer)
  })

  test.each([
    ['the margin is too small', { rivals: [{ ...atlas, score: 0.83 }] }, 'atlas is 0.14 ahead; leadership moves at 0.15'],
    ['the others are behind', { rivals: [vega] }, 'vega is 0.12 behind'],
    ['the best scores the same', { rivals: [{ ...atlas, score: 0.69 }] }, 'atlas scores the same'],
    ['the best still reads the log', { rivals: [{ ...atlas, caughtUp: false }] }, 'atlas is 0.17 ahead and still reads the log'],
    ['the best does not answer', { rivals: [{ ...atlas, healthy: false }] }, 'atlas is 0.17 ahead and does not answer'],
    ['a deployment runs', { busyWith: 'a deployment' }, 'a deployment is running'],
    ['a ceremony runs', { busyWith: 'a ceremony' }, 'a ceremony is running'],
    ['it is alone', { rivals: [] }, 'it is the only voter'],
    ['the best stands aside', { rivals: [{ ...atlas, weightZero: true }] }, 'all other voters stand aside'],
    ['nothing is known of the others', { rivals: [{ ...atlas, score: null }] }, 'the scores are not known yet'],
    ['nothing is known of itself', { self: { name: 'mini', score: null, weightZero: false } }, 'the scores are not known yet'],
  ] satisfies [string, Partial<TransferView>, string][])('stays while %s', (_, changes, because) => {
    expect(watch(beginTenure(0), { ...mini, ...changes }, 0, 300_000)).toMatchObject({ stay: true, because })
  })

  test('says how long the other is ahead, and how long the tenure lasts', () => {
    expect(watch(beginTenure(0), mini, 0, 20_000).because).toBe('atlas is 0.17 ahead for 20 s; leadership moves after 60 s')
    expect(watch(beginTenure(0), mini, 0, 90_000).because).toBe(
      'atlas is 0.17 ahead, and leadership moves after 120 s at the earliest; this leader has 90 s',
    )
  })

  test('moves at most three times an hour, whoever leads', () => {
    const spent = beginTenure(3_600_000, [3_000_000, 3_200_000, 3_400_000])
    const held = watch(spent, mini, 3_600_000, 4_000_000)
    expect(held).toMatchObject({ stay: true, because: 'atlas is 0.17 ahead, and leadership has moved 3 times in the last hour' })
    expect(watch(held.memory, mini, 4_001_000, 8_000_000)).toMatchObject({ stay: false, atMs: 6_600_000 })
  })

  test('passes over the best to the next one that has read the whole log', () => {
    const view: TransferView = {
      ...mini,
      rivals: [
        { ...atlas, caughtUp: false },
        { ...vega, score: 0.85 },
      ],
    }
    expect(watch(beginTenure(0), view, 0, 200_000).transferTo).toBe(vega.peer)
  })
})

describe('a leader of weight 0', () => {
  const aside: TransferView = { ...mini, self: { name: 'pi', score: 0.9, weightZero: true } }

  test('hands over at once to the best that can lead', () => {
    expect(considerTransfer(beginTenure(0), aside, 0)).toMatchObject({
      transferTo: atlas.peer,
      because: 'pi stands aside where others can lead; it handed over',
    })
  })

  test('does not need scores for that, nor budget', () => {
    const unscored = { ...aside, rivals: [{ ...atlas, score: null }] }
    expect(considerTransfer(beginTenure(0, [1, 2, 3]), unscored, 10).transferTo).toBe(atlas.peer)
  })

  test('waits until another has read the log', () => {
    const reading = { ...aside, rivals: [{ ...atlas, caughtUp: false }] }
    expect(considerTransfer(beginTenure(0), reading, 0).because).toBe('it should stand aside, and atlas still reads the log')
  })

  test('tries again only after 10 s when a hand-over failed', () => {
    const first = considerTransfer(beginTenure(0), aside, 0)
    expect(considerTransfer(first.memory, aside, 1_000).stay).toBeTrue()
    expect(considerTransfer(first.memory, aside, 10_000).stay).toBeFalse()
  })

  test('leads on where all others stand aside too', () => {
    const all = { ...aside, rivals: [{ ...atlas, weightZero: true }] }
    expect(considerTransfer(beginTenure(0), all, 0)).toMatchObject({
      stay: true,
      because: 'it should stand aside, and so should all others',
    })
  })
})

describe('whatever happens', () => {
  const rival = (peer: string) =>
    fc.record({
      peer: fc.constant(asPeerId(peer)),
      name: fc.constant(peer),
      score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
      healthy: fc.boolean(),
      caughtUp: fc.boolean(),
      weightZero: fc.boolean(),
    })
  const step = fc.record({
    afterMs: fc.integer({ min: 100, max: 9_000 }),
    forLooks: fc.integer({ min: 1, max: 40 }),
    view: fc.record({
      self: fc.record({
        name: fc.constant('self'),
        score: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
        weightZero: fc.constant(false),
      }),
      rivals: fc.tuple(rival('a'), rival('b'), rival('c')),
      busyWith: fc.constantFrom(null, null, null, 'a ceremony'),
    }),
  })

  test('no hour sees more than three transfers, no tenure is cut short, and nobody unfit is chosen', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        let nowMs = 0
        let memory = beginTenure(0)
        const transfers: number[] = []
        for (const { afterMs, forLooks, view } of steps) {
          for (let looks = 0; looks < forLooks; looks += 1) {
            nowMs += afterMs
            const decision = considerTransfer(memory, view, nowMs)
            memory = decision.memory
            if (decision.stay) continue
            const chosen = view.rivals.find(({ peer }) => peer === decision.transferTo)
            expect(chosen).toMatchObject({ healthy: true, caughtUp: true, weightZero: false })
            expect((chosen?.score ?? 0) - (view.self.score ?? 1)).toBeGreaterThanOrEqual(0.15 - 1e-9)
            expect(view.busyWith).toBeNull()
            expect(nowMs - memory.leadsSinceMs).toBeGreaterThanOrEqual(120_000)
            transfers.push(nowMs)
            expect(transfers.filter((atMs) => atMs > nowMs - 3_600_000).length).toBeLessThanOrEqual(3)
            // The successor begins its tenure with the budget that is left.
            memory = beginTenure(nowMs, memory.transfersAtMs)
          }
        }
      }),
      { numRuns: 200 },
    )
  })

  test('noise of 0.02 around scores less than 0.11 apart never moves leadership', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.2, max: 0.8, noNaN: true }),
        fc.double({ min: 0, max: 0.11, noNaN: true }),
        fc.infiniteStream(fc.double({ min: -0.02, max: 0.0199, noNaN: true })),
        (base, gap, noise) => {
          const view = (): TransferView => ({
            ...mini,
            self: { ...mini.self, score: base + (noise.next().value ?? 0) },
            rivals: [{ ...atlas, score: base + gap + (noise.next().value ?? 0) }],
          })
          expect(watch(beginTenure(0), view, 0, 400_000).stay).toBeTrue()
        },
      ),
      { numRuns: 30 },
    )
  })
})

test.each([
  [{ how: 'founded' }, 'it founded the cluster'],
  [{ how: 'alone' }, 'it is the only voter'],
  [{ how: 'silence', former: 'atlas', name: 'nova' }, 'atlas stopped answering and nova stood first'],
  [{ how: 'silence', former: null, name: 'nova' }, 'there was no leader and nova stood first'],
  [{ how: 'asked', former: 'atlas' }, 'atlas was asked to hand over to it'],
] as const)('%o reads "%s"', (elected, because) => {
  expect(becauseElected(elected)).toBe(because)
})
