/**
 * How far the clock that members agree on is ahead of this node's own: the median of all of them, this one included, and the earlier one of two.
 * A few wrong or lying clocks do not move it.
 */
export const agreedSkewMs = (skewsMs: readonly number[]): number => {
  const all = [0, ...skewsMs.filter(Number.isFinite)].toSorted((a, b) => a - b)
  return Math.round(all[(all.length - 1) >> 1] ?? 0)
}
