import type { PeerId } from '../../src/base/index.ts'
import { asHash, Fault, sha256, termZero } from '../../src/base/index.ts'
import type { SnapshotOffer, Work } from '../../src/consensus/ports.ts'
import type { Ballot, Configuration, Entry, LogIndex, Position, Promised } from '../../src/consensus/types.ts'
import { createRows, type Rows } from './rows.ts'

/** Everything one member has on its disk, apart from snapshot files. */
export interface Image {
  ballot: Ballot
  incarnation: number
  base: Position
  baseStampMs: number
  baseConfiguration: Configuration
  /** Replaced, never changed in place, so that copies may share it. */
  entries: readonly Entry[]
  appliedIndex: LogIndex
  promises: Readonly<Record<PeerId, Promised>>
  haltedBecause: string | null
  rows: Rows
}

/** The position before everything. */
export const nowhere: Position = { index: 0, term: termZero, hash: asHash('0'.repeat(64)) }

/** A disk nobody has written to yet. */
export const emptyImage = (baseConfiguration: Configuration): Image => ({
  ballot: { term: termZero, votedFor: null },
  incarnation: 0,
  base: nowhere,
  baseStampMs: 0,
  baseConfiguration,
  entries: [],
  appliedIndex: 0,
  promises: {},
  haltedBecause: null,
  rows: createRows(),
})

export const copyImage = (image: Image): Image => ({ ...image, rows: image.rows.copy() })

/** The entry at `index`, undefined when it is compacted or not there yet. */
export const entryAt = (image: Image, index: LogIndex): Entry | undefined => image.entries[index - image.base.index - 1]

/** Position, stamp and configuration as of `index`, which must lie in the log or be its base. */
export const standAt = (image: Image, index: LogIndex): { position: Position; stampMs: number; configuration: Configuration } => {
  let configuration = image.baseConfiguration
  let stampMs = image.baseStampMs
  let position = image.base
  for (const entry of image.entries) {
    if (entry.index > index) break
    position = { index: entry.index, term: entry.term, hash: entry.hash }
    stampMs = entry.stampMs
    const { payload } = entry
    if (payload.kind === 'configuration') configuration = payload.configuration
    if (payload.kind === 'takeover') {
      const { id, base, configuration: named, body } = payload
      configuration = { ...named, takeover: { id, base, configuration: named, body } }
    }
  }
  return { position, stampMs, configuration }
}

/** What a snapshot's bytes hold: all rows, in order. */
export const packRows = (rows: Rows): Uint8Array => new TextEncoder().encode(JSON.stringify(rows.dump()))

/** The other direction; a Fault when the bytes are not what the offer promised. */
export const unpackRows = (offer: SnapshotOffer, bytes: Uint8Array): Rows | Fault => {
  if (bytes.length !== offer.sizeBytes || sha256(bytes) !== offer.id) return new Fault('snapshot-damaged', 'The snapshot is not complete.')
  const rows = createRows(JSON.parse(new TextDecoder().decode(bytes)))
  return rows.root() === offer.root ? rows : new Fault('snapshot-damaged', 'The snapshot has another root than was offered.')
}

/** Everything of `work` except applying, in the order of its fields; `received` are the rows of the snapshot it installs. */
export const writeLog = (image: Image, work: Work, received: { offer: SnapshotOffer; rows: Rows } | null): void => {
  if (work.ballot) image.ballot = work.ballot
  if (work.install && received) {
    image.base = received.offer.position
    image.baseStampMs = received.offer.stampMs
    image.baseConfiguration = received.offer.configuration
    image.entries = []
    image.appliedIndex = received.offer.position.index
    image.rows = received.rows.copy()
  }
  if (work.exportAndWipe) {
    image.base = nowhere
    image.baseStampMs = 0
    image.baseConfiguration = { voters: [], learners: [] }
    image.entries = []
    image.appliedIndex = 0
    image.rows.clear()
  }
  const { truncateFrom } = work
  if (truncateFrom !== undefined) image.entries = image.entries.filter(({ index }) => index < truncateFrom)
  if (work.append) image.entries = [...image.entries, ...work.append]
}

/** The last two fields of a work, after applying. */
export const writeRest = (image: Image, work: Work): void => {
  if (work.compactTo !== undefined && work.compactTo > image.base.index) {
    const { position, stampMs, configuration } = standAt(image, work.compactTo)
    image.entries = image.entries.slice(work.compactTo - image.base.index)
    image.base = position
    image.baseStampMs = stampMs
    image.baseConfiguration = configuration
  }
  if (work.promises) image.promises = work.promises
}
