import type { Operation, Request } from './history.ts'
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

/**
 * Is there one order of all operations, in keeping with real time, that a single register map would have answered alike?
 * Wing and Gong's search with Lowe's memoisation ("Testing for linearizability", 2017), one partition after the other.
 */
export const checkHistory = (history: readonly Operation[], options: { configurationsMax?: number } = {}): Verdict => {
  const configurationsMax = options.configurationsMax ?? 500_000
  for (const part of partition(history)) {
    const verdict = search(part.operations, part.keys, configurationsMax)
    if (verdict.kind !== 'linearizable') return verdict
  }
  return { kind: 'linearizable' }
}

interface Part {
  readonly keys: readonly string[]
  readonly operations: readonly Operation[]
}

/**
 * Linearizability is local (Herlihy and Wing, theorem 1): disjoint sets of keys may be judged apart. A list touches every key under its
 * prefix, so it ties these together; keys no list covers stand alone.
 */
export const partition = (history: readonly Operation[]): Part[] => {
  const parent = new Map<string, string>()
  const find = (key: string): string => {
    let root = key
    for (let next = parent.get(root); next !== undefined && next !== root; next = parent.get(root)) root = next
    parent.set(key, root)
    return root
  }
  const learn = (key: string) => parent.has(key) || parent.set(key, key)
  for (const { request, answer } of history) {
    if (request.kind !== 'list') learn(request.key)
    else if (answer?.reply.kind === 'listed') for (const row of answer.reply.rows) learn(row.key)
  }
  const prefixes = new Set(history.flatMap(({ request }) => (request.kind === 'list' ? [request.prefix] : [])))
  const all = [...parent.keys()]
  /** One key that stands for each prefix; none when nothing ever lived under it. */
  const anchor = new Map<string, string>()
  for (const prefix of prefixes)
    for (const key of all) {
      if (!key.startsWith(prefix)) continue
      const first = anchor.get(prefix)
      if (first === undefined) anchor.set(prefix, key)
      else parent.set(find(key), find(first))
    }
  const parts = new Map<string, { keys: string[]; operations: Operation[] }>()
  for (const key of all) {
    const root = find(key)
    const part = parts.get(root) ?? { keys: [], operations: [] }
    part.keys.push(key)
    parts.set(root, part)
  }
  for (const operation of history) {
    const { request } = operation
    const key = request.kind === 'list' ? anchor.get(request.prefix) : request.key
    // A list of keys nobody ever wrote stands alone: it must be empty.
    const root = key === undefined ? `\u0000${historyKey(request)}` : find(key)
    const part = parts.get(root) ?? { keys: [], operations: [] }
    part.operations.push(operation)
    parts.set(root, part)
  }
  return [...parts.values()]
}

const historyKey = (request: Request): string => (request.kind === 'list' ? request.prefix : request.key)

/** Where the search stands after some choice: what it chose from, which comes next, and how to take the choice back. */
interface Frame {
  readonly candidates: readonly number[]
  next: number
  readonly cells: Cells
  chosen: number
}

const search = (unsorted: readonly Operation[], keys: readonly string[], configurationsMax: number): Verdict => {
  const operations = unsorted
    // An open read tells nothing.
    .filter(({ request, answer }) => answer !== null || request.kind === 'put' || request.kind === 'cas')
    .sort((a, b) => a.invoked - b.invoked)
  const done = new Uint8Array(operations.length)
  const twins = unseenPuts(operations)
  let waiting = operations.filter(({ answer }) => answer !== null).length
  const seen = new Set<string>()
  const frames: Frame[] = [{ candidates: candidatesOf(operations, done, twins), next: 0, cells: new Map(), chosen: -1 }]
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
    if (cells === undefined || (operation.answer === null && cells === frame.cells)) continue
    done[index] = 1
    const configuration = `${showDone(done)}|${showCells(cells)}`
    if (seen.has(configuration)) {
      done[index] = 0
      continue
    }
    seen.add(configuration)
    if (seen.size > configurationsMax) return { kind: 'unknown', keys }
    frame.chosen = index
    if (operation.answer) waiting--
    if (waiting === 0) return { kind: 'linearizable' }
    frames.push({ candidates: candidatesOf(operations, done, twins), next: 0, cells, chosen: -1 })
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
const candidatesOf = (operations: readonly Operation[], done: Uint8Array, twins: readonly number[]): number[] => {
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
      const twin = twins[index]
      if (twin === undefined || twin < 0 || done[twin] === 1) open.push(index)
    }
  }
  const inTime = (index: number) => (operations[index]?.invoked ?? 0) <= firstReturn
  return [...answered.filter(inTime), ...open.filter(inTime)]
}

/**
 * Open puts to one key whose values nobody ever saw are interchangeable, the earlier is available whenever the later is: only the order
 * of invocation needs to be tried. Gives for each such put the one before it, -1 for all others. Without this, a run with many time-outs
 * would cost two to their number.
 */
const unseenPuts = (operations: readonly Operation[]): number[] => {
  const seenValues = new Set<string>()
  for (const { answer } of operations) {
    if (answer?.reply.kind === 'found' && answer.reply.row !== null) seenValues.add(answer.reply.row.value)
    if (answer?.reply.kind === 'listed') for (const row of answer.reply.rows) seenValues.add(row.value)
  }
  const last = new Map<string, number>()
  return operations.map(({ request, answer }, index) => {
    if (answer !== null || request.kind !== 'put' || seenValues.has(request.value)) return -1
    const before = last.get(request.key) ?? -1
    last.set(request.key, index)
    return before
  })
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
