import type { Random } from '../../src/base/index.ts'
import { Fault, sha256 } from '../../src/base/index.ts'
import type { SnapshotOffer, Snapshots } from '../../src/consensus/ports.ts'
import { type Image, packRows, standAt } from './disk-image.ts'

interface Made {
  readonly offer: SnapshotOffer
  readonly bytes: Uint8Array
}

/** Snapshot files of one member in memory. `received` is what an install reads; the rest is for the faults of a simulation. */
export interface MemorySnapshots extends Snapshots {
  received(id: string): Made | undefined
  /** What came in is of no use: receiving begins again. */
  drop(): void
  /** Power fails: made snapshots may be gone, what came in may have lost its tail. `keep` in [0, 1) decides how much stays. */
  crash(keep: number): void
  taken(): number
  readonly faults: SnapshotFaults
}

export interface SnapshotFaults {
  /** No room for another byte; asked whenever one is to be written. */
  full: () => boolean
  /** How often a piece is read with a wrong byte in it. */
  rotChance: number
  random: Random
}

/** Snapshots of whatever `image` gives at that moment. */
export const createMemorySnapshots = (image: () => Image): MemorySnapshots => {
  const faults: SnapshotFaults = { full: () => false, rotChance: 0, random: () => 1 }
  const needRoom = () => {
    if (faults.full()) throw new Fault('disk-full', 'There is no room on the disk.', { hint: 'Free some space.' })
  }
  let made: Made[] = []
  let incoming: { offer: SnapshotOffer; bytes: Uint8Array; have: number } | null = null
  let taken = 0

  return {
    take: (atLeast) => {
      const recent = made[made.length - 1]
      const now = image()
      if (recent !== undefined && recent.offer.position.index >= Math.max(atLeast, now.base.index)) return recent.offer
      needRoom()
      const bytes = packRows(now.rows)
      const offer = { ...standAt(now, now.appliedIndex), id: sha256(bytes), sizeBytes: bytes.length, root: now.rows.root() }
      // The one before stays while somebody may still be reading it.
      made = [...made.slice(-1), { offer, bytes }]
      taken++
      return offer
    },
    read: (id, offset, lengthMax) => {
      const bytes = made.find(({ offer }) => offer.id === id)?.bytes.slice(offset, offset + lengthMax)
      const first = bytes?.[0]
      if (bytes !== undefined && first !== undefined && faults.random() < faults.rotChance) bytes[0] = first ^ 1
      return bytes
    },
    receive: (offer) => {
      needRoom()
      if (incoming?.offer.id !== offer.id) incoming = { offer, bytes: new Uint8Array(offer.sizeBytes), have: 0 }
      else incoming = { ...incoming, offer }
      return incoming.have
    },
    write: (id, offset, bytes) => {
      if (incoming === null || incoming.offer.id !== id) return 0
      needRoom()
      if (offset === incoming.have && offset + bytes.length <= incoming.bytes.length) {
        incoming.bytes.set(bytes, offset)
        incoming.have += bytes.length
      }
      return incoming.have
    },
    received: (id) =>
      incoming !== null && incoming.offer.id === id && incoming.have === incoming.bytes.length
        ? { offer: incoming.offer, bytes: incoming.bytes }
        : undefined,
    drop: () => {
      incoming = null
    },
    crash: (keep) => {
      if (keep < 0.5) made = []
      if (incoming !== null) incoming.have = Math.floor(incoming.have * keep)
    },
    taken: () => taken,
    faults,
  }
}
