import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs'
import { join } from 'node:path'
import type { Hash } from '../base/index.ts'
import type { SnapshotOffer } from '../consensus/ports.ts'
import type { LogIndex } from '../consensus/types.ts'
import { syncFolder, writePrivateFile } from '../keys/index.ts'
import { headerLine, rowLine } from './snapshot-file.ts'
import type { StateRows } from './state-rows.ts'

/** Where this member stands: what a snapshot of now is a snapshot of. */
export type Standing = Pick<SnapshotOffer, 'position' | 'stampMs' | 'configuration'>

/** Snapshots this member made for others. */
export interface SnapshotsMade {
  take(atLeast: LogIndex): SnapshotOffer
  read(id: string, offset: number, lengthMax: number): Uint8Array | undefined
}

/** The one before the newest stays while somebody may still be reading it. */
const filesKept = 2
const blockChars = 1024 * 1024

/** Keeps its files across a restart, so that a transfer goes on; drafts and surplus are removed. */
export const createSnapshotsMade = (folder: string, rows: StateRows, standing: () => Standing & { baseIndex: LogIndex }): SnapshotsMade => {
  const fileOf = (id: string) => join(folder, `${id}.snapshot`)
  let made = readOffers(folder)

  return {
    take: (atLeast) => {
      const { baseIndex, ...now } = standing()
      const recent = made.at(-1)
      if (recent && recent.position.index >= Math.max(atLeast, baseIndex) && existsSync(fileOf(recent.id))) return recent
      const root = rows.root()
      const draft = join(folder, 'making.draft')
      const { id, sizeBytes } = writeRows(draft, headerLine({ ...now, root }), rows)
      renameSync(draft, fileOf(id))
      syncFolder(folder)
      const offer: SnapshotOffer = { ...now, id, sizeBytes, root }
      writePrivateFile(join(folder, `${id}.offer`), JSON.stringify(offer))
      made = [...made.filter((old) => old.id !== id), offer].slice(-filesKept)
      removeOthers(folder, made)
      return offer
    },
    read: (id, offset, lengthMax) => {
      const offer = made.find((one) => one.id === id)
      if (!offer || !existsSync(fileOf(id))) return undefined
      const bytes = Buffer.alloc(Math.max(0, Math.min(lengthMax, offer.sizeBytes - offset)))
      const file = openSync(fileOf(id), 'r')
      try {
        return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, offset))
      } finally {
        closeSync(file)
      }
    },
  }
}

const writeRows = (path: string, header: string, rows: StateRows): { id: Hash; sizeBytes: number } => {
  const hasher = new Bun.CryptoHasher('sha256')
  let sizeBytes = 0
  const file = openSync(path, 'w', 0o600)
  const flush = (text: string) => {
    const bytes = Buffer.from(text)
    hasher.update(bytes)
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written)
    sizeBytes += bytes.length
  }
  try {
    let block = header
    for (const { space, key, value } of rows.all()) {
      block += rowLine(space, key, value)
      if (block.length < blockChars) continue
      flush(block)
      block = ''
    }
    flush(block)
    fsyncSync(file)
  } catch (error) {
    rmSync(path, { force: true })
    throw error
  } finally {
    closeSync(file)
  }
  return { id: hasher.digest('hex') as Hash, sizeBytes } // Hex of a sha256 is a Hash.
}

/** Offers of files that are still whole, oldest first. Their bytes are not read again: who receives them checks their hash. */
const readOffers = (folder: string): SnapshotOffer[] => {
  const found: SnapshotOffer[] = []
  for (const name of readdirSync(folder)) {
    if (!name.endsWith('.offer')) continue
    const offer = offerFrom(join(folder, name))
    const file = offer && statSync(join(folder, `${offer.id}.snapshot`), { throwIfNoEntry: false })
    if (offer && name === `${offer.id}.offer` && file?.size === offer.sizeBytes) found.push(offer)
  }
  const kept = found.sort((a, b) => a.position.index - b.position.index).slice(-filesKept)
  removeOthers(folder, kept)
  return kept
}

const offerFrom = (path: string): SnapshotOffer | undefined => {
  try {
    // Written by `take`; anything else fails the comparison with the names and sizes of the files.
    return JSON.parse(readFileSync(path, 'utf8')) as SnapshotOffer
  } catch {
    return undefined
  }
}

const removeOthers = (folder: string, kept: readonly SnapshotOffer[]): void => {
  const names = new Set(kept.flatMap(({ id }) => [`${id}.offer`, `${id}.snapshot`]))
  for (const name of readdirSync(folder)) {
    if (/\.(offer|snapshot|draft)$/.test(name) && !names.has(name)) rmSync(join(folder, name), { force: true })
  }
}
