import { Fault, type Hash, sha256 } from '../../src/base/index.ts'
import { positionOf, positionZero } from '../../src/consensus/entry.ts'
import { Log } from '../../src/consensus/log.ts'
import type { Disk, Loaded, Outcome, Work } from '../../src/consensus/ports.ts'
import type { Configuration, SnapshotOffer } from '../../src/consensus/types.ts'

/** A disk in memory whose state is the list of bodies that were applied. What `crash` keeps is what was durable. */
export const createTinyDisk = (configuration: Configuration, after: (act: () => void) => void) => {
  let loaded: Loaded = {
    ballot: { term: 0 as never, votedFor: null },
    incarnation: 0,
    base: positionZero,
    baseStampMs: 0,
    baseConfiguration: configuration,
    entries: [],
    appliedIndex: 0,
    promises: {},
    haltedBecause: null,
  }
  let bodies: string[] = []
  let full = false
  const taken = new Map<string, Uint8Array>()
  let receiving: { offer: SnapshotOffer; bytes: number[] } | null = null

  const carryOut = (work: Work): Outcome => {
    if (work.ballot) loaded = { ...loaded, ballot: work.ballot }
    if (work.install && receiving) {
      const { position, stampMs, configuration: installed } = receiving.offer
      bodies = JSON.parse(Buffer.from(receiving.bytes).toString()) as string[]
      loaded = { ...loaded, base: position, baseStampMs: stampMs, baseConfiguration: installed, entries: [], appliedIndex: position.index }
    }
    const { truncateFrom, append = [], apply = [], compactTo } = work
    if (truncateFrom !== undefined) loaded = { ...loaded, entries: loaded.entries.filter(({ index }) => index < truncateFrom) }
    loaded = { ...loaded, entries: [...loaded.entries, ...append] }
    for (const { payload } of apply) if (payload.kind === 'batch') bodies.push(payload.body)
    loaded = { ...loaded, appliedIndex: loaded.appliedIndex + apply.length }
    if (compactTo !== undefined) {
      const log = new Log(loaded)
      log.compactTo(compactTo)
      const entries = loaded.entries.filter(({ index }) => index > compactTo)
      loaded = { ...loaded, base: log.base, baseStampMs: log.baseStampMs, baseConfiguration: log.configurationAt(compactTo), entries }
    }
    if (work.promises) loaded = { ...loaded, promises: work.promises }
    return { results: apply.map(({ payload }) => (payload.kind === 'batch' ? payload.body : null)) }
  }

  const root = (): Hash => sha256(JSON.stringify(bodies))
  const disk: Disk = {
    load: () => {
      loaded = { ...loaded, incarnation: loaded.incarnation + 1 }
      return loaded
    },
    commit: (work, done) => after(() => done(full ? new Fault('disk-full', 'There is no room.') : carryOut(work))),
    root,
    halt: (because) => {
      loaded = { ...loaded, haltedBecause: because }
    },
    snapshots: {
      take: () => {
        const bytes = new TextEncoder().encode(JSON.stringify(bodies))
        const log = new Log(loaded)
        const at = log.at(loaded.appliedIndex)
        const offer: SnapshotOffer = {
          id: sha256(bytes),
          position: at === undefined ? log.base : positionOf(at),
          stampMs: at?.stampMs ?? log.baseStampMs,
          configuration: log.configurationAt(loaded.appliedIndex),
          sizeBytes: bytes.length,
          root: root(),
        }
        taken.set(offer.id, bytes)
        return offer
      },
      read: (id, offset, lengthMax) => taken.get(id)?.slice(offset, offset + lengthMax),
      receive: (offer) => {
        if (receiving?.offer.id !== offer.id) receiving = { offer, bytes: [] }
        return receiving.bytes.length
      },
      write: (_, offset, bytes) => {
        if (receiving === null) return 0
        if (offset === receiving.bytes.length) receiving.bytes.push(...bytes)
        return receiving.bytes.length
      },
    },
  }
  return {
    disk,
    get bodies(): readonly string[] {
      return bodies
    },
    get loaded(): Loaded {
      return loaded
    },
    set full(value: boolean) {
      full = value
    },
  }
}
