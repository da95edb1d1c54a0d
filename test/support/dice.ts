import type { Random } from '../../src/base/index.ts'

/** Seeded chance: the same seed gives the same sequence on every machine. */
export interface Dice {
  readonly random: Random
  /** True once in `1 / probability` throws. */
  chance(probability: number): boolean
  /** A whole number, both ends included. */
  between(low: number, high: number): number
  /** A number in [low, high). */
  within(low: number, high: number): number
  pick<Item>(items: readonly [Item, ...Item[]]): Item
  /** One of the items, undefined when there are none. */
  some<Item>(items: readonly Item[]): Item | undefined
  shuffled<Item>(items: readonly Item[]): Item[]
  /** Independent dice: what is thrown with them does not move these. */
  fork(label: string): Dice
}

/** sfc32 (Chris Doty-Humphrey's PractRand), seeded from a number and a label. */
export const createDice = (seed: number, label = ''): Dice => {
  let a = seed >>> 0
  let b = Math.floor(seed / 2 ** 32) >>> 0
  let c = 0x9e3779b9
  let d = 1
  for (let at = 0; at < label.length; at++) c = Math.imul(c ^ label.charCodeAt(at), 0x01000193)
  const random = () => {
    const sum = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + sum) | 0
    return (sum >>> 0) / 2 ** 32
  }
  for (let at = 0; at < 15; at++) random()
  const between = (low: number, high: number) => low + Math.floor(random() * (high - low + 1))
  const some = <Item>(items: readonly Item[]) => items[between(0, items.length - 1)]
  return {
    random,
    chance: (probability) => random() < probability,
    between,
    within: (low, high) => low + random() * (high - low),
    pick: (items) => some(items) ?? items[0],
    some,
    shuffled: (items) => {
      const mixed = [...items]
      for (let at = mixed.length - 1; at > 0; at--) {
        const other = between(0, at)
        const held = mixed[at]
        const taken = mixed[other]
        if (held === undefined || taken === undefined) continue
        mixed[at] = taken
        mixed[other] = held
      }
      return mixed
    },
    fork: (name) => createDice(seed, `${label}/${name}`),
  }
}
