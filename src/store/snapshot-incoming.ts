import { closeSync, ftruncateSync, openSync, readFileSync, readSync, rmSync, statSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../base/index.ts'
import type { SnapshotOffer } from '../consensus/ports.ts'
import { writePrivateFile } from '../keys/index.ts'
import { diskFault } from './fault.ts'
import { badSnapshot } from './snapshot-file.ts'

/** A snapshot on its way in; what is here survives a crash. */
export interface SnapshotIncoming {
  receive(offer: SnapshotOffer): number
  write(id: string, offset: number, bytes: Uint8Array): number
  /** Path and offer of a snapshot that is all here and has the hash it is named by; Fault `bad-snapshot` otherwise, and then it is dropped. */
  complete(id: string): { readonly path: string; readonly offer: SnapshotOffer }
  drop(): void
}

/** More than a state of small records ever needs; a hostile leader must not fill the disk. */
const snapshotBytesMax = 4 * 1024 ** 3
const chunkBytes = 1024 * 1024

export const createSnapshotIncoming = (folder: string): SnapshotIncoming => {
  // Fixed names: nothing from the wire becomes part of a path.
  const path = join(folder, 'incoming.part')
  const offerPath = join(folder, 'incoming.json')
  let current = resumed(offerPath, path)

  const drop = () => {
    current = undefined
    rmSync(offerPath, { force: true })
    rmSync(path, { force: true })
  }
  if (current === undefined) drop()
  return {
    drop,
    receive: (offer) => {
      if (current?.offer.id === offer.id && current.offer.sizeBytes === offer.sizeBytes) {
        current = { offer, haveBytes: current.haveBytes }
        return current.haveBytes
      }
      if (!(offer.sizeBytes <= snapshotBytesMax)) throw new Fault('too-large', 'The offered snapshot is larger than this program takes.')
      drop()
      closeSync(openSync(path, 'w', 0o600))
      writePrivateFile(offerPath, JSON.stringify(offer))
      current = { offer, haveBytes: 0 }
      return 0
    },
    write: (id, offset, bytes) => {
      if (current?.offer.id !== id) return 0
      if (offset === current.haveBytes && offset + bytes.length <= current.offer.sizeBytes) {
        current = { ...current, haveBytes: offset + appended(path, offset, bytes) }
      }
      return current.haveBytes
    },
    complete: (id) => {
      if (current?.offer.id !== id || current.haveBytes !== current.offer.sizeBytes) throw badSnapshot('it is not complete')
      const { offer } = current
      if (hashOf(path) === id) return { path, offer }
      drop()
      throw badSnapshot('it does not have the hash it is named by')
    },
  }
}

/** How much of the chunk reached the file: none when the disk is full, and the sender tries again later. */
const appended = (path: string, offset: number, bytes: Uint8Array): number => {
  const file = openSync(path, 'r+')
  try {
    let written = 0
    while (written < bytes.length) written += writeSync(file, bytes, written, bytes.length - written, offset + written)
    return written
  } catch (error) {
    if (diskFault(error, path) === null) throw error
    ftruncateSync(file, offset)
    return 0
  } finally {
    closeSync(file)
  }
}

const resumed = (offerPath: string, path: string): { offer: SnapshotOffer; haveBytes: number } | undefined => {
  const file = statSync(path, { throwIfNoEntry: false })
  if (!file) return undefined
  try {
    // Written by `receive`, whole or not at all.
    const offer = JSON.parse(readFileSync(offerPath, 'utf8')) as SnapshotOffer
    return file.size <= offer.sizeBytes ? { offer, haveBytes: file.size } : undefined
  } catch {
    return undefined
  }
}

const hashOf = (path: string): string => {
  const hasher = new Bun.CryptoHasher('sha256')
  const chunk = Buffer.alloc(chunkBytes)
  const file = openSync(path, 'r')
  try {
    for (let length = readSync(file, chunk); length > 0; length = readSync(file, chunk)) hasher.update(chunk.subarray(0, length))
  } finally {
    closeSync(file)
  }
  return hasher.digest('hex')
}
