import type { Operation, Reply, Request } from '../support/history.ts'

/** An operation as the simulation keeps it: also which history its answer belongs to (a take-over begins a new one). */
export interface Recorded extends Operation {
  readonly lineage: string
}

export interface Recorder {
  invoke(client: string, request: Request): { answer(reply: Reply, lineage: string): void }
  history(): readonly Recorded[]
}

/** Writes down who asked what when, on one clock with instants that never repeat. */
export const createRecorder = (nowMs: () => number): Recorder => {
  const open: { client: string; request: Request; invoked: number; answer: Operation['answer']; lineage: string }[] = []
  let last = 0
  const instant = () => {
    last = Math.max(last + 0.001, nowMs())
    return Number(last.toFixed(3))
  }
  return {
    invoke: (client, request) => {
      const operation: (typeof open)[number] = { client, request, invoked: instant(), answer: null, lineage: '' }
      open.push(operation)
      return {
        answer: (reply, lineage) => {
          operation.answer = { returned: instant(), reply }
          operation.lineage = lineage
        },
      }
    },
    history: () => open,
  }
}

/**
 * What one lineage must explain by itself: its own answers, and every write that another lineage answered or nobody did, as if it were open.
 * A take-over may lose what the other side had acknowledged; within each lineage nothing may be lost.
 */
export const historyOf = (history: readonly Recorded[], lineage: string): Operation[] =>
  history.map((operation) => (operation.lineage === lineage ? operation : { ...operation, answer: null }))
