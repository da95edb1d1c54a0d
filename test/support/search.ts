import type { Operation } from './history.ts'
import { never, none, type OpenWrites, openWrites } from './open-writes.ts'
import { type Cells, showCells, stepCells } from './register-map.ts'

export type Verdict =
  | { readonly kind: 'linearizable' }
  /** No order explains these operations. `explained` is the longest order found, `stuckAt` the first answer it cannot reach. */
  | {
      readonly kind: 'violated'
      readonly keys: readonly string[]
      readonly explained: readonly Operation[]
      readonly stuckAt: readonly Operation[]
    }
  /** The search was cut off at its bound. */
  | { readonly kind: 'unknown'; readonly keys: readonly string[] }

/** Where the search stands after some choice: what it chose from, which comes next, and how to take the choice back. */
interface Frame {
  readonly candidates: readonly number[]
  next: number
  readonly cells: Cells
  chosen: number
}

/** Wing and Gong's search over one partition: depth first, no configuration (what is done, and the state) twice. */
export const search = (unsorted: readonly Operation[], keys: readonly string[], configurationsMax: number): Verdict => {
  const operations = unsorted
    // An open read tells nothing.
    .filter(({ request, answer }) => answer !== null || request.kind === 'put' || request.kind === 'cas')
    .sort((a, b) => a.invoked - b.invoked)
  const done = new Uint8Array(operations.length)
  const open = openWrites(operations)
  let waiting = operations.filter(({ answer }) => answer !== null).length
  const seen = new Set<string>()
  const frames: Frame[] = [{ candidates: candidatesOf(operations, done, open), next: 0, cells: new Map(), chosen: -1 }]
  let best: number[] = []
  if (waiting === 0) return { kind: 'linearizable' }
  for (;;) {
    const frame = frames[frames.length - 1]
    if (frame === undefined) break
    if (frame.chosen >= 0) {
      done[frame.chosen] = 0
      if (operations[frame.chosen]?.answer) waiting++
      frame.chosen = -1
    }
    const index = frame.candidates[frame.next++]
    if (index === undefined) {
      frames.pop()
      continue
    }
    const operation = operations[index]
    if (operation === undefined) continue
    const cells = stepCells(frame.cells, operation.request, operation.answer?.reply ?? null)
    // An open compare-and-set that would fail here changes nothing: the same as not having happened yet.
    if (cells === undefined || (operation.answer === null && !open.mayBecome(frame.cells, cells, operation.request))) continue
    done[index] = 1
    const configuration = `${showDone(done)}|${showCells(cells)}`
    if (seen.has(configuration)) {
      done[index] = 0
      continue
    }
    seen.add(configuration)
    if (seen.size > configurationsMax) return { kind: 'unknown', keys }
    frame.chosen = index
    // What changes nothing and fits now may as well happen now: no other choice here can do better.
    if (cells === frame.cells) frame.next = frame.candidates.length
    if (operation.answer) waiting--
    if (waiting === 0) return { kind: 'linearizable' }
    frames.push({ candidates: candidatesOf(operations, done, open), next: 0, cells, chosen: -1 })
    if (frames.length > best.length) best = frames.flatMap(({ chosen }) => (chosen < 0 ? [] : [chosen]))
  }
  const explained = new Set(best)
  const rest = operations.filter((operation, index) => !explained.has(index) && operation.answer !== null)
  const firstReturn = Math.min(...rest.map(({ answer }) => answer?.returned ?? Number.POSITIVE_INFINITY))
  return {
    kind: 'violated',
    keys,
    explained: best.flatMap((index) => operations[index] ?? []),
    stuckAt: rest.filter(({ invoked }) => invoked <= firstReturn),
  }
}

/** What may come next: nothing whose start lies after the end of something that has not happened yet. Open ones last: they are the rare case. */
const candidatesOf = (operations: readonly Operation[], done: Uint8Array, { before }: OpenWrites): number[] => {
  let firstReturn = Number.POSITIVE_INFINITY
  const answered: number[] = []
  const open: number[] = []
  for (let index = 0; index < operations.length; index++) {
    const operation = operations[index]
    if (operation === undefined || done[index] === 1) continue
    if (operation.invoked > firstReturn) break
    if (operation.answer !== null) {
      answered.push(index)
      firstReturn = Math.min(firstReturn, operation.answer.returned)
    } else {
      const twin = before[index] ?? none
      if (twin === none || (twin !== never && done[twin] === 1)) open.push(index)
    }
  }
  const inTime = (index: number) => (operations[index]?.invoked ?? 0) <= firstReturn
  return [...answered.filter(inTime), ...open.filter(inTime)]
}

const showDone = (done: Uint8Array): string => {
  let text = ''
  for (let start = 0; start < done.length; start += 15) {
    let bits = 0
    for (let offset = 0; offset < 15; offset++) bits = (bits << 1) | (done[start + offset] ?? 0)
    text += String.fromCharCode(bits)
  }
  return text
}
