import { createDice, type Dice } from '../support/dice.ts'

/** Everything that goes wrong in a run. Each run draws some of these; few together find other things than all at once. */
export const faultKinds = [
  'crash',
  'crash-many',
  'pause',
  'partition',
  'isolate',
  'strand',
  'one-way',
  'slow-disk',
  'full-disk',
  'rotten-disk',
  'set-clock',
  'transfer',
  'ranks',
  'reconfigure',
  'rollback',
  'takeover',
] as const
export type FaultKind = (typeof faultKinds)[number]

/** What one seed decides before it begins. */
export interface Plan {
  readonly seed: number
  /** Machines in all; the first `voters` of them make the first configuration. */
  readonly machines: number
  readonly voters: number
  readonly faults: readonly FaultKind[]
  readonly faultEveryMs: readonly [number, number]
  readonly faultsForMs: number
  readonly lossChance: number
  readonly duplicateChance: number
  readonly straggleChance: number
  readonly delayMs: readonly [number, number]
  readonly clients: number
  readonly keys: readonly [string, ...string[]]
  readonly thinkMs: readonly [number, number]
  readonly keepEntries: number
  readonly chunkBytes: number
  readonly checkpointEntries: number
  readonly appendEntriesMax: number
  readonly clockSpread: number
  /** Messages travel as bytes, through the real encoder and decoder; else as they are, which is quicker. */
  readonly asBytes: boolean
}

/** Draws a plan from a seed. Whoever draws differently makes all kept seeds tell other stories: find them again on the old program. */
export const planOf = (seed: number): Plan => {
  const dice = createDice(seed, 'plan')
  const voters = dice.pick([1, 3, 3, 3, 5, 5])
  const machines = Math.max(voters, dice.pick([3, 3, 4, 5, 5, 6]))
  const rough = dice.chance(0.6)
  const slow = dice.chance(0.3)
  return {
    seed,
    machines,
    voters,
    faults: drawFaults(dice),
    faultEveryMs: dice.pick([
      [150, 700],
      [300, 1_500],
      [600, 2_500],
    ]),
    faultsForMs: dice.between(6_000, 16_000),
    lossChance: rough ? dice.within(0, 0.15) : 0,
    duplicateChance: rough ? dice.within(0, 0.1) : 0,
    straggleChance: rough ? dice.within(0, 0.1) : 0.01,
    delayMs: slow ? [5, 40] : [0.3, 3],
    clients: dice.between(2, 5),
    keys: dice.pick<readonly [string, ...string[]]>([
      ['a/x', 'a/y', 'b/x'],
      ['a/x', 'b/x', 'c/x', 'c/y'],
      ['a/x', 'a/y'],
    ]),
    thinkMs: dice.pick([
      [5, 60],
      [20, 200],
      [60, 400],
    ]),
    keepEntries: dice.pick([8, 16, 40, 100]),
    chunkBytes: dice.pick([300, 1_000, 4_000]),
    checkpointEntries: dice.pick([8, 20, 60]),
    appendEntriesMax: dice.pick([1, 4, 32]),
    clockSpread: dice.pick([0, 0.02, 0.1]),
    asBytes: dice.chance(0.1),
  }
}

const drawFaults = (dice: Dice): FaultKind[] => {
  const some = dice.shuffled(faultKinds).slice(0, dice.between(2, 6))
  // Rare by nature: a run with either is mostly about it.
  return some.filter((kind) => (kind === 'takeover' ? dice.chance(0.5) : true))
}
