import type { Operation } from './history.ts'
import { type Cells, stepCells } from './register-map.ts'

/** The definition itself, tried order by order: for histories of a handful of operations, as a witness against the real checker. */
export const linearizableByForce = (history: readonly Operation[]): boolean => {
  const attempt = (left: readonly Operation[], cells: Cells): boolean => {
    if (left.every(({ answer }) => answer === null)) return true
    return left.some((operation) => {
      const rest = left.filter((other) => other !== operation)
      const tooEarly = rest.some(({ answer }) => answer !== null && answer.returned < operation.invoked)
      if (tooEarly) return false
      const after = stepCells(cells, operation.request, operation.answer?.reply ?? null)
      return after !== undefined && attempt(rest, after)
    })
  }
  return attempt(history, new Map())
}
