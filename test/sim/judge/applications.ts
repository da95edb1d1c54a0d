import type { PeerId } from '../../../src/base/index.ts'
import type { SnapshotOffer } from '../../../src/consensus/ports.ts'
import type { Entry, LogIndex } from '../../../src/consensus/types.ts'
import type { Image } from '../../support/disk-image.ts'
import type { Carried } from '../../support/memory-disk.ts'
import type { Rows } from '../../support/rows.ts'
import type { Counts } from '../counts.ts'
import { violated } from '../violation.ts'
import type { Lineage, Lineages } from './lineages.ts'

/** Names of the writes that took effect in an entry; each may do so once in a lineage. */
export type Effects = (entry: Entry, result: Carried['result']) => readonly string[]

/** What members applied, and what came of it: all must see the same. */
export interface Applications {
  carried(peer: PeerId, image: Image, carried: Carried): void
  installed(peer: PeerId, offer: SnapshotOffer, rows: Rows): void
  /** A new lineage begins with what it builds on. */
  begin(takeover: Entry, lineage: Lineage): void
}

interface First extends Carried {
  readonly by: PeerId
  readonly text: string
}

export const createApplications = (lineages: Lineages, counts: Counts, effects: Effects): Applications => {
  /** By lineage and index: the one entry that is ever applied there. */
  const places = new Map<string, { readonly hash: string; readonly by: PeerId }>()
  /** By hash: what the first member to apply it saw. */
  const firsts = new Map<string, First>()
  const tookEffect = new Map<string, LogIndex>()

  const takeEffect = (lineage: Lineage, { entry, result }: Carried) => {
    for (const effect of effects(entry, result)) {
      const name = `${lineage}/${effect}`
      const earlier = tookEffect.get(name)
      if (earlier !== undefined && earlier !== entry.index)
        violated('nothing applied twice', `"${effect}" took effect in entry ${earlier} and again in ${entry.index}`)
      tookEffect.set(name, entry.index)
    }
  }

  const first = (peer: PeerId, carried: Carried, text: string) => {
    firsts.set(carried.entry.hash, { ...carried, by: peer, text })
    counts.commits++
    if (carried.entry.payload.kind === 'configuration') counts.configurations++
    if (carried.entry.payload.kind === 'batch') counts.batches++
  }

  return {
    carried: (peer, image, carried) => {
      const { index, hash } = carried.entry
      const lineage = lineages.at(image, index, hash)
      const place = places.get(`${lineage}/${index}`)
      if (place !== undefined && place.hash !== hash)
        violated('state-machine safety', `${peer} applies another entry ${index} than ${place.by} did`)
      if (place === undefined) {
        places.set(`${lineage}/${index}`, { hash, by: peer })
        takeEffect(lineage, carried)
      }
      const text = JSON.stringify(carried.result) ?? ''
      const before = firsts.get(hash)
      if (before === undefined) first(peer, carried, text)
      else if (before.text !== text)
        violated('equal roots at equal index', `entry ${index} gave ${peer} ${text}, but ${before.by} ${before.text}`)
      else if (before.fingerprint !== carried.fingerprint)
        violated('equal roots at equal index', `after entry ${index} ${peer} has another state than ${before.by}`)
    },
    installed: (peer, { position }, rows) => {
      const seen = firsts.get(position.hash)
      if (seen !== undefined && seen.fingerprint !== rows.fingerprint())
        violated('equal roots at equal index', `the snapshot at ${position.index} that ${peer} installs is not the state ${seen.by} had`)
    },
    begin: (takeover, lineage) => {
      for (let index = takeover.index - 1; index > 0; index--) {
        const hash = lineages.ancestor(takeover.hash, index)
        const seen = hash === undefined ? undefined : firsts.get(hash)
        if (hash === undefined || seen === undefined) continue
        places.set(`${lineage}/${index}`, { hash, by: seen.by })
        takeEffect(lineage, seen)
      }
    },
  }
}
