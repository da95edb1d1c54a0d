import { Fault } from '../base/index.ts'

/** The five parts of a score, in the order they are shown. */
export const scoreParts = ['stability', 'network', 'headroom', 'capacity', 'preference'] as const
export type ScorePart = (typeof scoreParts)[number]

/** How much each part can add; together 1. */
export type ScoreWeights = Readonly<Record<ScorePart, number>>

export const scoreWeightsDefault: ScoreWeights = { stability: 0.3, network: 0.2, headroom: 0.2, capacity: 0.15, preference: 0.15 }

/**
 * Checks weights from a protected setting: exactly the five parts, each 0 to 1 in whole hundredths (so that what is shown adds up),
 * together 1. Fault `bad-weights` says which is wrong.
 */
export const checkScoreWeights = (given: Readonly<Record<string, unknown>>): ScoreWeights => {
  const unknown = Object.keys(given).find((name) => !(scoreParts as readonly string[]).includes(name))
  if (unknown !== undefined) throw bad(`there is no part named "${unknown.slice(0, 40)}"`)
  const hundredths = Object.fromEntries(scoreParts.map((part) => [part, hundredthsOf(part, given[part])]))
  const sum = Object.values(hundredths).reduce((total, value) => total + value, 0)
  if (sum !== 100) throw bad(`they add up to ${(sum / 100).toFixed(2)}, not to 1`)
  const value = (part: ScorePart) => (hundredths[part] ?? 0) / 100
  return {
    stability: value('stability'),
    network: value('network'),
    headroom: value('headroom'),
    capacity: value('capacity'),
    preference: value('preference'),
  }
}

const hundredthsOf = (part: ScorePart, value: unknown): number => {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw bad(`${part} is missing or is not a number`)
  if (value < 0 || value > 1) throw bad(`${part} is ${value}, not between 0 and 1`)
  const hundredths = Math.round(value * 100)
  if (Math.abs(value * 100 - hundredths) > 1e-6) throw bad(`${part} is ${value}, finer than hundredths`)
  return hundredths
}

const bad = (what: string) =>
  new Fault('bad-weights', `These election weights cannot be used: ${what}.`, {
    hint: `Give ${scoreParts.join(', ')}, each in hundredths, together 1.`,
  })
