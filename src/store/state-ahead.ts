import type { StateView } from '../consensus/ports.ts'
import type { StateRows } from './state-rows.ts'

/**
 * The state as applied now, of which the table holds an older whole: rows that were written since wait here, so that what changes many times
 * a second (sessions, results, busy records) is written once in a while. A crash loses them; the log has the entries they come from.
 */
export interface StateAhead extends StateView {
  /** Rows that wait; those of the work under way included. */
  readonly waiting: number
  /** Writes all of them into the table, inside the transaction of the work under way. */
  write(): void
  /** The work is committed. */
  keep(): void
  /** The work was rolled back: what it wrote never was, what it put into the table waits again. */
  drop(): void
  /** How many rows a space has. */
  count(space: string): number
}

/** Null where the row was deleted. */
type Space = Map<string, string | null>

export const createStateAhead = (rows: StateRows): StateAhead => {
  let kept = new Map<string, Space>()
  let fresh = new Map<string, Space>()
  let isWritten = false

  const note = (space: string, key: string, value: string | null): void => {
    const known = fresh.get(space)
    if (known === undefined) fresh.set(space, new Map([[key, value]]))
    else known.set(key, value)
  }

  /** Oldest first; what was just written into the table is not asked any more. */
  const parts = (): readonly ReadonlyMap<string, Space>[] => (isWritten ? [fresh] : [kept, fresh])

  const found = (space: string, key: string): string | null | undefined => {
    const value = fresh.get(space)?.get(key)
    return value === undefined && !isWritten ? kept.get(space)?.get(key) : value
  }

  /** What waits in a space and stands behind `after` under a prefix. */
  const among = (space: string, prefix: string, after: string | undefined): Space => {
    const all: Space = new Map()
    for (const part of parts())
      for (const [key, value] of part.get(space) ?? [])
        if (key.startsWith(prefix) && (after === undefined || key > after)) all.set(key, value)
    return all
  }

  return {
    get waiting() {
      return parts().reduce((sum, part) => sum + sizeOf(part), 0)
    },
    get: (space, key) => {
      const value = found(space, key)
      return value === undefined ? rows.get(space, key) : (value ?? undefined)
    },
    list: (space, { prefix = '', after, limit = -1 } = {}) => {
      const changed = among(space, prefix, after)
      const from = after === undefined ? {} : { after }
      if (changed.size === 0) return rows.list(space, { prefix, limit, ...from })
      // Each of them hides at most one row of the table.
      const old = rows.list(space, { prefix, limit: limit < 0 ? limit : limit + changed.size, ...from })
      const all = old.filter(({ key }) => !changed.has(key))
      for (const [key, value] of changed) if (value !== null) all.push({ key, value })
      all.sort(byKey)
      return limit < 0 ? all : all.slice(0, limit)
    },
    put: (space, key, value) => note(space, key, value),
    delete: (space, key) => note(space, key, null),
    write: () => {
      for (const part of parts())
        for (const [space, changes] of part)
          for (const [key, value] of changes) {
            // What is changed again below is not written twice.
            if (part !== fresh && fresh.get(space)?.has(key)) continue
            if (value === null) rows.delete(space, key)
            else rows.put(space, key, value)
          }
      fresh = new Map()
      isWritten = true
    },
    keep: () => {
      if (isWritten) kept = new Map()
      for (const [space, changes] of fresh) kept.set(space, merged(kept.get(space), changes))
      fresh = new Map()
      isWritten = false
    },
    drop: () => {
      fresh = new Map()
      isWritten = false
    },
    count: (space) => {
      let count = rows.count(space)
      for (const [key, value] of among(space, '', undefined)) {
        const was = rows.get(space, key) !== undefined
        if (value === null && was) count -= 1
        if (value !== null && !was) count += 1
      }
      return count
    },
  }
}

const merged = (before: Space | undefined, changes: Space): Space => {
  if (before === undefined) return changes
  for (const [key, value] of changes) before.set(key, value)
  return before
}

const sizeOf = (spaces: ReadonlyMap<string, Space>): number => {
  let size = 0
  for (const space of spaces.values()) size += space.size
  return size
}

/** Keys are ASCII: SQLite orders them alike. */
const byKey = (a: { readonly key: string }, b: { readonly key: string }): number => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)
