import type { Random } from '../base/index.ts'

/** Wait before dial number `attempt` (0 is the first repetition): doubles from `firstMs` up to `maxMs`, with a quarter of jitter both ways. */
export const backoffMs = (attempt: number, bounds: { firstMs: number; maxMs: number }, random: Random): number => {
  const plain = Math.min(bounds.maxMs, bounds.firstMs * 2 ** Math.min(attempt, 30))
  return plain * (0.75 + random() / 2)
}
