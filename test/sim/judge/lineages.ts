import { canonical, epochOf, type PeerId, showTerm, termZero } from '../../../src/base/index.ts'
import type { Entry, LogIndex } from '../../../src/consensus/types.ts'
import type { Image } from '../../support/disk-image.ts'
import { violated } from '../violation.ts'

/**
 * The history an entry belongs to, by the id of the take-over that opened it; empty for the first. A take-over may leave out what the old
 * history committed beyond its base; within one lineage nothing may ever be lost.
 */
export type Lineage = string

interface Known {
  readonly entry: Entry
  readonly parent: string
  readonly lineage: Lineage
}

/** Every entry that ever reached a disk, and how they follow each other. */
export interface Lineages {
  /** `peer` writes `entry` behind the entry with the hash `parent`. */
  learn(peer: PeerId, entry: Entry, parent: string): void
  /** Hash of the ancestor of `hash` at `index`; itself where it stands there. */
  ancestor(hash: string, index: LogIndex): string | undefined
  /** The history that the end of this log belongs to. */
  ofLog(image: Image): Lineage
  /**
   * The history a member lives in when it looks at its entry (`index`, `hash`). One that has not got the take-over entry yet, but is in its epoch
   * and on its chain, belongs to it: what stands there below the base need not be what the other side committed after the cut.
   */
  at(image: Image, index: LogIndex, hash: string): Lineage
  epochOf(lineage: Lineage): number
}

export const createLineages = (began: (takeover: Entry, lineage: Lineage) => void): Lineages => {
  const known = new Map<string, Known>()
  /** By lineage, index and term: the one hash that may stand there. */
  const places = new Map<string, string>()
  const takeovers: { readonly entry: Entry; readonly lineage: Lineage }[] = []
  const lineageOf = (hash: string): Lineage => known.get(hash)?.lineage ?? ''

  const lineages: Lineages = {
    learn: (peer, entry, parent) => {
      const before = known.get(entry.hash)
      if (before !== undefined) {
        if (before.parent !== parent) violated('log matching', `entry ${entry.index} follows two different entries`)
        if (before.entry !== entry && canonical(before.entry) !== canonical(entry))
          violated('log matching', `two different entries ${entry.index} share one hash (second at ${peer})`)
        return
      }
      const begins = entry.payload.kind === 'takeover'
      const lineage = entry.payload.kind === 'takeover' ? entry.payload.id : lineageOf(parent)
      known.set(entry.hash, { entry, parent, lineage })
      const place = `${lineage}/${entry.index}/${entry.term}`
      const other = places.get(place)
      if (other !== undefined && other !== entry.hash)
        violated('log matching', `${peer} has another entry ${entry.index} of term ${showTerm(entry.term)} than somebody else`)
      places.set(place, entry.hash)
      if (!begins) return
      takeovers.push({ entry, lineage })
      began(entry, lineage)
    },
    ancestor: (hash, index) => {
      let at = known.get(hash)
      while (at !== undefined && at.entry.index > index) at = known.get(at.parent)
      return at?.entry.index === index ? at.entry.hash : undefined
    },
    ofLog: (image) => lineageOf(image.entries.at(-1)?.hash ?? image.base.hash),
    at: (image, index, hash) => {
      const lineage = lineages.ofLog(image)
      const epoch = epochOf(image.ballot.term)
      if (lineages.epochOf(lineage) >= epoch) return lineage
      const joined = takeovers.find(({ entry }) => epochOf(entry.term) === epoch && lineages.ancestor(entry.hash, index) === hash)
      return joined?.lineage ?? lineage
    },
    epochOf: (lineage) => epochOf(takeovers.find((one) => one.lineage === lineage)?.entry.term ?? termZero),
  }
  return lineages
}
