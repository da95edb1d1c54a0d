/** The known name that `typed` was probably meant to be: at most a third of its letters differ. Undefined when nothing is near. */
export const nearest = (typed: string, known: readonly string[]): string | undefined => {
  const ranked = known.map((name) => ({ name, edits: edits(typed.toLowerCase(), name.toLowerCase()) })).sort((a, b) => a.edits - b.edits)
  const best = ranked[0]
  return best && best.edits <= Math.max(1, Math.floor(Math.max(typed.length, best.name.length) / 3)) ? best.name : undefined
}

/** Edits from one word to the other (Damerau-Levenshtein, neighbours swapped count once). Long input is never compared letter by letter. */
const edits = (from: string, to: string): number => {
  if (from.length > 64 || to.length > 64) return from === to ? 0 : Number.POSITIVE_INFINITY
  let before: number[] = []
  let last = Array.from({ length: to.length + 1 }, (_, at) => at)
  for (let i = 1; i <= from.length; i++) {
    const row = [i]
    for (let j = 1; j <= to.length; j++) {
      const same = from[i - 1] === to[j - 1]
      let cost = Math.min(at(last, j) + 1, at(row, j - 1) + 1, at(last, j - 1) + (same ? 0 : 1))
      if (i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1]) cost = Math.min(cost, at(before, j - 2) + 1)
      row.push(cost)
    }
    before = last
    last = row
  }
  return at(last, to.length)
}

const at = (row: readonly number[], index: number): number => row[index] ?? Number.POSITIVE_INFINITY
