import type { Operation, Request } from './history.ts'

/** Operations that may be judged by themselves, and the keys they touch. */
export interface Part {
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
