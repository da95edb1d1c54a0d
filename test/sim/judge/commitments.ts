import { epochOf, type PeerId, showTerm, type Term } from '../../../src/base/index.ts'
import type { Work } from '../../../src/consensus/ports.ts'
import type { LogIndex } from '../../../src/consensus/types.ts'
import { entryAt, type Image } from '../../support/disk-image.ts'
import { violated } from '../violation.ts'
import type { Lineage, Lineages } from './lineages.ts'

interface Committed {
  readonly index: LogIndex
  readonly hash: string
  /** Of the leader that called it committed. */
  readonly term: Term
}

/** What was ever called committed, by lineage: every later leader has it, and nobody drops it. */
export interface Commitments {
  /** A member in `term` takes the entry of `image` at `index` for committed. */
  called(image: Image, index: LogIndex, term: Term): void
  truncating(peer: PeerId, image: Image, work: Work, from: LogIndex): void
  leads(peer: PeerId, term: Term, image: Image): void
}

export const createCommitments = (lineages: Lineages): Commitments => {
  const committed = new Map<Lineage, Committed[]>()
  return {
    called: (image, index, term) => {
      const entry = entryAt(image, index)
      if (entry === undefined) return
      const lineage = lineages.at(image, index, entry.hash)
      const list = committed.get(lineage) ?? []
      committed.set(lineage, list)
      const last = list.at(-1)
      if (last === undefined || last.index < index) list.push({ index, hash: entry.hash, term })
    },
    truncating: (peer, image, work, from) => {
      const lineage = lineages.ofLog(image)
      // The losing side of a take-over drops what it cannot know to be committed.
      if (lineages.epochOf(lineage) < epochOf(work.ballot?.term ?? image.ballot.term)) return
      const last = committed.get(lineage)?.at(-1)
      if (last === undefined) return
      for (const { index, hash, term } of image.entries)
        if (index >= from && index <= last.index && lineages.ancestor(last.hash, index) === hash)
          violated('committed entries stay', `${peer} truncates entry ${index} of term ${showTerm(term)}, which was committed`)
    },
    leads: (peer, term, image) => {
      const lineage = lineages.ofLog(image)
      if (lineages.epochOf(lineage) !== epochOf(term))
        violated('leader completeness', `${peer} leads term ${showTerm(term)} without the take-over that opened its epoch`)
      // The hash of an entry stands for all before it: only the last one of the older terms needs to be looked for.
      const last = committed.get(lineage)?.findLast((one) => one.term < term)
      if (last === undefined || last.index < image.base.index) return
      const has = last.index === image.base.index ? image.base.hash : entryAt(image, last.index)?.hash
      if (has !== last.hash)
        violated(
          'leader completeness',
          `${peer} leads term ${showTerm(term)} without entry ${last.index}, committed in term ${showTerm(last.term)}`,
        )
    },
  }
}
