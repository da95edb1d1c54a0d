import type { Operation, Request } from './history.ts'
import type { Cells } from './register-map.ts'

/** No other operation needs to come first. */
export const none = -1
/** There is another that can do all this one can: it need not be tried at all. */
export const never = -2

/**
 * What is known of writes without an answer. Each may have happened at any time or never, so that a run with many time-outs would cost two to
 * their number; most of them can be told apart only by what others saw.
 */
export interface OpenWrites {
  /** By place in the history: the operation that must have happened before this one is tried, or `none`, or `never`. */
  readonly before: readonly number[]
  /** Whether an open write may change the state from `cells` to `after`: it does change it, and not into what others saw differently. */
  mayBecome(cells: Cells, after: Cells, request: Request): boolean
}

export const openWrites = (operations: readonly Operation[]): OpenWrites => {
  const versions = seenVersions(operations)
  const values = new Set([...versions.values()])
  return {
    before: interchangeable(operations, values),
    mayBecome: (cells, after, request) => {
      // An open compare-and-set that would fail here changes nothing: the same as not having happened yet.
      if (after === cells || request.kind === 'list') return false
      const made = after.get(request.key)
      const seen = made === undefined ? undefined : versions.get(place(request.key, made.version))
      return seen === undefined || seen === made?.value
    },
  }
}

const place = (key: string, version: number) => `${key}\u0000${version}`

/** What stood at which version of which key, as far as anybody was told. */
const seenVersions = (operations: readonly Operation[]): Map<string, string> => {
  const seen = new Map<string, string>()
  for (const { request, answer } of operations) {
    if (answer === null) continue
    const { reply } = answer
    if (reply.kind === 'found' && reply.row !== null) seen.set(place(reply.row.key, reply.row.version), reply.row.value)
    if (reply.kind === 'listed') for (const row of reply.rows) seen.set(place(row.key, row.version), row.value)
    if (reply.kind === 'written' && (request.kind === 'put' || request.kind === 'cas'))
      seen.set(place(request.key, reply.version), request.value)
  }
  return seen
}

/**
 * Open writes to one key whose values nobody ever saw are interchangeable, and the earlier is available whenever the later is. Of puts, only
 * the order of invocation needs to be tried; of compare-and-sets with one expected version at most one can ever succeed: the first.
 */
const interchangeable = (operations: readonly Operation[], seen: ReadonlySet<string>): number[] => {
  const last = new Map<string, number>()
  return operations.map(({ request, answer }, index) => {
    if (answer !== null || (request.kind !== 'put' && request.kind !== 'cas') || seen.has(request.value)) return none
    const kind = request.kind === 'put' ? `put\u0000${request.key}` : `cas\u0000${request.key}\u0000${request.expect}`
    const before = last.get(kind)
    last.set(kind, index)
    if (before === undefined) return none
    return request.kind === 'put' ? before : never
  })
}
