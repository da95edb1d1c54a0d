import type { Score } from './score.ts'
import { type ScorePart, type ScoreWeights, scoreParts, scoreWeightsDefault } from './score-weights.ts'

/** A score as people see it: two decimals, and the parts add up to the total exactly. */
export interface ShownScore {
  readonly total: number
  readonly parts: readonly { readonly part: ScorePart; readonly value: number; readonly upTo: number }[]
}

/**
 * Rounds a score to hundredths by the largest remainder: the total is rounded, every part is cut down, and the missing hundredths go to
 * the parts that lost most. Weights in whole hundredths (as `checkScoreWeights` demands) keep each part within its weight. Null without a score.
 */
export const showScore = (score: Score, weights: ScoreWeights = scoreWeightsDefault): ShownScore | null => {
  if (score.total === null) return null
  const exact = scoreParts.map((part) => ({ part, hundredths: tidy(score.parts[part] * 100) }))
  const total = Math.round(tidy(exact.reduce((sum, { hundredths }) => sum + hundredths, 0)))
  const cut = exact.map(({ hundredths }) => Math.floor(hundredths))
  const missing = total - cut.reduce((sum, value) => sum + value, 0)
  const order = exact
    .map(({ hundredths }, at) => ({ at, lost: hundredths - Math.floor(hundredths) }))
    .sort((a, b) => b.lost - a.lost || a.at - b.at)
  const raised = new Set(order.slice(0, missing).map(({ at }) => at))
  return {
    total: total / 100,
    parts: scoreParts.map((part, at) => ({ part, value: ((cut[at] ?? 0) + (raised.has(at) ? 1 : 0)) / 100, upTo: weights[part] })),
  }
}

/** 0.29 × 100 is 28.999999999999996 in binary: a hundredth must not be lost to that. */
const tidy = (value: number): number => Math.round(value * 1e9) / 1e9
