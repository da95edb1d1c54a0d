import { canonical, Fault, type PeerId } from '../base/index.ts'
import type { StateView } from '../consensus/ports.ts'
import type { Applied } from '../consensus/types.ts'
import type { Batch } from './batch.ts'
import { resultsKept } from './limits.ts'
import { read, write } from './rows.ts'
import type { Row } from './spaces.ts'

/** What a batch answered, as it is kept. `index` is the entry that really applied it. */
export type BatchResult = Row<'results'>

/** Where a batch stands in its author's sequence. */
export type Standing =
  | { readonly kind: 'next' }
  | { readonly kind: 'repeated'; readonly answer: BatchResult }
  | { readonly kind: 'refused'; readonly fault: Fault }

/** Compares a batch with the session of its author: every batch of an incarnation is applied at most once, in any order within the window. */
export const standingOf = (state: StateView, { author, incarnation, seq, ackedBelow }: Batch): Standing => {
  const session = read(state, 'sessions', author)
  const isFresh = !session || incarnation > session.incarnation
  if (session && incarnation < session.incarnation) {
    return refused('old-incarnation', 'This author has started again since it signed this batch.')
  }
  const floor = isFresh ? 1 : session.floor
  if (seq < floor) return refused('forgotten', 'This batch was answered long ago; its author said it had the answer.')
  // The window moves with what the batch itself says: numbers that its author gave up on may never have come here.
  if (seq >= Math.max(floor, ackedBelow) + resultsKept) {
    return refused('ahead', `More than ${resultsKept} batches of this author wait for an answer.`)
  }
  const answer = isFresh ? undefined : read(state, 'results', resultKey(author, seq))
  return answer ? { kind: 'repeated', answer } : { kind: 'next' }
}

/** Keeps the answer of a batch that was just applied, and drops those its author already has. */
export const keepAnswer = (state: StateView, batch: Batch, answer: BatchResult): void => {
  const { author, incarnation, seq, ackedBelow } = batch
  const session = read(state, 'sessions', author)
  if (session?.incarnation !== incarnation) {
    dropAnswers(state, author, Number.POSITIVE_INFINITY)
    write(state, 'sessions', author, { incarnation, floor: ackedBelow })
  } else if (ackedBelow > session.floor) {
    if (ackedBelow - session.floor > resultsKept) dropAnswers(state, author, ackedBelow)
    else for (let old = session.floor; old < ackedBelow; old++) state.delete('results', resultKey(author, old))
    write(state, 'sessions', author, { incarnation, floor: ackedBelow })
  }
  state.put('results', resultKey(author, seq), canonical(answer))
}

/** Drops the kept answers of an author to all batches below `seq`. */
export const dropAnswers = (state: StateView, author: PeerId, seq: number): void => {
  const prefix = `${author}/`
  for (const { key } of state.list('results', { prefix })) if (Number(key.slice(prefix.length)) < seq) state.delete('results', key)
}

/** Ends the session of a removed author: its answers go, and nothing it signed so far is ever taken again, even if it comes back. */
export const closeSession = (state: StateView, author: PeerId): void => {
  const session = read(state, 'sessions', author)
  if (!session) return
  const prefix = `${author}/`
  const answered = state.list('results', { prefix }).map(({ key }) => Number(key.slice(prefix.length)) + 1)
  const floor = answered.reduce((highest, next) => Math.max(highest, next), session.floor)
  dropAnswers(state, author, Number.POSITIVE_INFINITY)
  write(state, 'sessions', author, { ...session, floor })
}

/** The answer to a batch that changed nothing as a whole. */
export const refusedAnswer = (batch: Batch | null, fault: Fault): Applied => ({
  author: batch?.author ?? null,
  incarnation: batch?.incarnation ?? 0,
  seq: batch?.seq ?? 0,
  refused: { code: fault.code, message: fault.message },
  results: (batch?.commands ?? []).map(() => ({ ok: false, code: fault.code, message: fault.message })),
})

const resultKey = (author: PeerId, seq: number) => `${author}/${seq}`
const refused = (code: string, message: string): Standing => ({ kind: 'refused', fault: new Fault(code, message) })
