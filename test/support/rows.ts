import { type Hash, rootOfRows, sha256 } from '../../src/base/index.ts'
import type { StateView } from '../../src/consensus/ports.ts'

/** One change of one row; `value` undefined deletes it. */
export interface RowChange {
  readonly space: string
  readonly key: string
  readonly value: string | undefined
}

/** State rows in memory: what SQLite tables are to the real store. Notes every change while `changes` is set. */
export interface Rows extends StateView {
  /** A cheap fingerprint of all rows, kept up to date row by row: equal rows, equal text. */
  fingerprint(): string
  /** What `Disk.root` answers. */
  root(): Hash
  /** Collects changes from now on; the returned function ends that and gives them. */
  record(): () => RowChange[]
  change(changes: readonly RowChange[]): void
  clear(): void
  copy(): Rows
  dump(): [string, string, string][]
}

/** Rows as given (an earlier `dump`), or none. */
export const createRows = (initial: readonly (readonly [string, string, string])[] = []): Rows => {
  const spaces = new Map<string, { values: Map<string, string>; sorted: string[] | null }>()
  let low = 0
  let high = 0
  let count = 0
  let recording: RowChange[] | null = null

  const spaceOf = (name: string) => {
    const known = spaces.get(name)
    if (known !== undefined) return known
    const fresh = { values: new Map<string, string>(), sorted: null }
    spaces.set(name, fresh)
    return fresh
  }
  /** Adding a row and removing it are the same act on an exclusive or. */
  const toggle = (space: string, key: string, value: string) => {
    const text = `${space}\u0000${key}\u0000${value}`
    low ^= Bun.hash.xxHash32(text, 1)
    high ^= Bun.hash.xxHash32(text, 2)
  }
  const set = (space: string, key: string, value: string | undefined) => {
    recording?.push({ space, key, value })
    const { values } = spaceOf(space)
    const before = values.get(key)
    if (before === value) return
    if (before !== undefined) toggle(space, key, before)
    if (value !== undefined) toggle(space, key, value)
    if (before === undefined || value === undefined) {
      spaceOf(space).sorted = null
      count += value === undefined ? -1 : 1
    }
    if (value === undefined) values.delete(key)
    else values.set(key, value)
  }
  const fingerprint = () => `${low >>> 0}.${high >>> 0}.${count}`
  for (const [space, key, value] of initial) set(space, key, value)

  return {
    get: (space, key) => spaces.get(space)?.values.get(key),
    put: set,
    delete: (space, key) => set(space, key, undefined),
    list: (name, { prefix = '', after, limit = Number.POSITIVE_INFINITY } = {}) => {
      const space = spaceOf(name)
      space.sorted ??= [...space.values.keys()].sort()
      const found: { key: string; value: string }[] = []
      for (const key of space.sorted) {
        if (found.length >= limit) break
        if (!key.startsWith(prefix) || (after !== undefined && key <= after)) continue
        found.push({ key, value: space.values.get(key) ?? '' })
      }
      return found
    },
    fingerprint,
    root: () => rootOfRows(dump(spaces).map(([space, key, value]) => ({ space, key, hash: sha256(value) }))),
    record: () => {
      const noted: RowChange[] = []
      recording = noted
      return () => {
        recording = null
        return noted
      }
    },
    change: (changes) => {
      for (const { space, key, value } of changes) set(space, key, value)
    },
    clear: () => {
      spaces.clear()
      low = high = count = 0
    },
    copy: () => createRows(dump(spaces)),
    dump: () => dump(spaces),
  }
}

const dump = (spaces: ReadonlyMap<string, { values: Map<string, string> }>): [string, string, string][] => {
  const rows: [string, string, string][] = []
  for (const name of [...spaces.keys()].sort()) {
    const values = [...(spaces.get(name)?.values ?? [])].sort(([a], [b]) => (a < b ? -1 : 1))
    for (const [key, value] of values) rows.push([name, key, value])
  }
  return rows
}
