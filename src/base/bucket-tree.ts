import { crc32 } from 'node:zlib'
import { sha256 } from './hash.ts'
import type { Hash } from './ids.ts'

const bucketsPerGroup = 128
const bucketCount = bucketsPerGroup * bucketsPerGroup
/** Rows are asked for in portions: bounded memory, and few questions to the store. */
const bucketsAtOnce = 1024

/** One row as the tree sees it: `hash` is the sha256 of its value. */
export interface HashedRow {
  readonly space: string
  readonly key: string
  readonly hash: string
}

export interface BucketRow extends HashedRow {
  readonly bucket: number
}

/** The bucket a row belongs to, 0 to 16383; the same on every member. */
export const bucketOf = (space: string, key: string): number => crc32(`${space}\0${key}`) % bucketCount

/**
 * Root hash over rows spread into buckets: rows → bucket → group of 128 buckets → root. Only buckets marked since the last root are read
 * again, so a root costs about one read per changed row. Empty buckets and groups do not count: two equal states have one root, whatever
 * their history.
 */
export class BucketTree {
  readonly #buckets = new Map<number, Hash>()
  readonly #groups = new Map<number, Hash>()
  readonly #dirty = new Set<number>()

  /** The rows of this bucket changed, or may have. */
  mark(bucket: number): void {
    this.#dirty.add(bucket)
  }

  /** Forgets everything; the rows must be marked or given anew. */
  clear(): void {
    this.#buckets.clear()
    this.#groups.clear()
    this.#dirty.clear()
  }

  /** The root now; `rowsOf` gives all rows of some buckets, sorted by bucket, then space, then key. */
  root(rowsOf: (buckets: readonly number[]) => Iterable<BucketRow>): Hash {
    const groups = new Set<number>()
    const dirty = [...this.#dirty]
    for (let from = 0; from < dirty.length; from += bucketsAtOnce) {
      const buckets = dirty.slice(from, from + bucketsAtOnce)
      const texts = new Map<number, string>()
      for (const { bucket, space, key, hash } of rowsOf(buckets)) {
        texts.set(bucket, `${texts.get(bucket) ?? ''}${space}\0${key}\0${hash}\n`)
      }
      for (const bucket of buckets) {
        const text = texts.get(bucket)
        if (text === undefined) this.#buckets.delete(bucket)
        else this.#buckets.set(bucket, sha256(text))
        groups.add(Math.floor(bucket / bucketsPerGroup))
      }
    }
    for (const group of groups) {
      const text = joined(this.#buckets, group * bucketsPerGroup)
      if (text === '') this.#groups.delete(group)
      else this.#groups.set(group, sha256(text))
    }
    // Only now: had reading failed half-way, the same buckets would still be marked.
    this.#dirty.clear()
    return sha256(joined(this.#groups, 0))
  }
}

/** The root of a whole state at once; rows in any order. */
export const rootOfRows = (rows: Iterable<HashedRow>): Hash => {
  const buckets = new Map<number, BucketRow[]>()
  const tree = new BucketTree()
  for (const { space, key, hash } of rows) {
    const row = { bucket: bucketOf(space, key), space, key, hash }
    const known = buckets.get(row.bucket)
    if (known) known.push(row)
    else buckets.set(row.bucket, [row])
    tree.mark(row.bucket)
  }
  return tree.root((wanted) => wanted.flatMap((bucket) => buckets.get(bucket)?.sort(bySpaceThenKey) ?? []))
}

const bySpaceThenKey = (a: HashedRow, b: HashedRow) => compare(a.space, b.space) || compare(a.key, b.key)
const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)

const joined = (hashes: ReadonlyMap<number, Hash>, from: number): string => {
  let text = ''
  for (let at = from; at < from + bucketsPerGroup; at++) {
    const hash = hashes.get(at)
    if (hash !== undefined) text += `${at}:${hash}\n`
  }
  return text
}
