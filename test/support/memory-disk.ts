import { Fault } from '../../src/base/index.ts'
import type { Disk, Machine, Outcome, SnapshotOffer, Work } from '../../src/consensus/ports.ts'
import type { Applied, Configuration, Entry, LogIndex } from '../../src/consensus/types.ts'
import type { Dice } from './dice.ts'
import { copyImage, emptyImage, entryAt, type Image, unpackRows, writeLog, writeRest } from './disk-image.ts'
import { createMemorySnapshots, type MemorySnapshots } from './memory-snapshots.ts'
import type { RowChange, Rows } from './rows.ts'

/** One entry carried out by one member: what the simulation compares between members. */
export interface Carried {
  readonly entry: Entry
  readonly result: Applied
  /** Of all rows after this entry. */
  readonly fingerprint: string
}

/** Told of everything that reaches this disk; `before` and `after` are not to be changed. */
export interface DiskWatcher {
  /** Before the work is carried out, on the image it meets. */
  committing?(image: Image, work: Work): void
  committed?(carried: readonly Carried[], image: Image): void
  installed?(offer: SnapshotOffer, rows: Rows): void
  exported?(entries: readonly Entry[], appliedIndex: LogIndex): void
}

export interface DiskFaults {
  /** Milliseconds one commit takes now; `durable` is false for work that only applies or compacts. */
  delayMs: (durable: boolean) => number
  /** No room: every commit fails and changes nothing. */
  full: boolean
}

export interface MemoryDisk extends Disk {
  readonly snapshots: MemorySnapshots
  readonly faults: DiskFaults
  /** As the running process sees it. */
  readonly image: Image
  /** As a crash right now would leave it, at worst. */
  readonly durable: Image
  /** Power fails: keeps what is durable and a prefix, chosen by `dice`, of what was under way. */
  crash(dice: Dice): void
  /** A copy of the durable image, to be put back later by `rollback`: a restored backup, a reverted virtual machine. */
  backup(): Image
  rollback(image: Image): void
}

/** One finished or running piece of work, with the row changes it made, so that it can be carried out again on the durable image. */
interface Step {
  readonly work: Work
  readonly received: { offer: SnapshotOffer; rows: Rows } | null
  readonly changes: readonly RowChange[]
}

const isDurable = (work: Work): boolean =>
  work.ballot !== undefined ||
  work.install !== undefined ||
  work.exportAndWipe !== undefined ||
  work.truncateFrom !== undefined ||
  work.append !== undefined ||
  work.promises !== undefined

/**
 * The disk of one member in memory, with two images: what the process sees and what a crash leaves. The contract is the port's; anything
 * the caller does against it (a gap, a commit during a commit) throws.
 */
export const createMemoryDisk = (given: {
  readonly machine: Machine
  readonly firstConfiguration: Configuration
  readonly after: (delayMs: number, act: () => void) => void
  readonly watcher?: DiskWatcher
}): MemoryDisk => {
  const { machine, after, watcher = {} } = given
  let durable = emptyImage(given.firstConfiguration)
  let image = copyImage(durable)
  /** Finished but not yet durable, oldest first. */
  let waiting: Step[] = []
  let running: { work: Work; cancelled: boolean } | null = null
  const faults: DiskFaults = { delayMs: () => 0.2, full: false }
  const snapshots = createMemorySnapshots(() => image)
  snapshots.faults.full = () => faults.full

  /** Carries out `work` on what the process sees. */
  const perform = (work: Work): { step: Step; carried: Carried[] } | Fault => {
    let received: Step['received'] = null
    if (work.install) {
      const file = snapshots.received(work.install.id)
      if (file === undefined) return new Fault('snapshot-damaged', 'There is no complete snapshot of that name.')
      const rows = unpackRows(file.offer, file.bytes)
      if (rows instanceof Fault) return rows
      const wrong = machine.verifySnapshot(rows, file.offer)
      if (wrong !== null) return wrong
      received = { offer: file.offer, rows }
    }
    watcher.committing?.(image, work)
    check(image, work)
    if (work.exportAndWipe) {
      const { base } = work.exportAndWipe
      watcher.exported?.(
        image.entries.filter(({ index }) => index > base.index),
        image.appliedIndex,
      )
    }
    writeLog(image, work, received)
    if (received !== null) watcher.installed?.(received.offer, image.rows)
    const ended = image.rows.record()
    const carried: Carried[] = []
    for (const entry of work.apply ?? []) {
      if (entry.index !== image.appliedIndex + 1) throw new Error(`entry ${entry.index} applied after ${image.appliedIndex}`)
      if (entryAt(image, entry.index)?.hash !== entry.hash) throw new Error(`entry ${entry.index} applied, but the log has another`)
      const result = machine.apply(image.rows, entry)
      image.appliedIndex = entry.index
      carried.push({ entry, result, fingerprint: image.rows.fingerprint() })
    }
    const changes = ended()
    writeRest(image, work)
    return { step: { work, received, changes }, carried }
  }

  /** Carries out what already happened in memory on the durable image. */
  const persist = (steps: readonly Step[]) => {
    for (const { work, received, changes } of steps) {
      writeLog(durable, work, received)
      durable.rows.change(changes)
      const last = work.apply?.[work.apply.length - 1]
      if (last !== undefined) durable.appliedIndex = last.index
      writeRest(durable, work)
    }
  }

  return {
    snapshots,
    faults,
    get image() {
      return image
    },
    get durable() {
      return durable
    },
    load: () => {
      durable.incarnation++
      image = copyImage(durable)
      const { ballot, incarnation, base, baseStampMs, baseConfiguration, entries, appliedIndex, promises, haltedBecause } = image
      return { ballot, incarnation, base, baseStampMs, baseConfiguration, entries, appliedIndex, promises, haltedBecause }
    },
    commit: (work, done) => {
      if (running !== null) throw new Error('a commit began before the last one was done')
      const mine = { work, cancelled: false }
      running = mine
      after(faults.delayMs(isDurable(work)), () => {
        if (mine.cancelled) return
        running = null
        const outcome = faults.full ? new Fault('disk-full', 'There is no room on the disk.', { hint: 'Free some space.' }) : perform(work)
        if (outcome instanceof Fault) {
          if (!faults.full) snapshots.drop()
          return done(outcome)
        }
        waiting.push(outcome.step)
        if (isDurable(work)) {
          persist(waiting)
          waiting = []
        }
        watcher.committed?.(outcome.carried, image)
        const answer: Outcome = { results: outcome.carried.map(({ result }) => result) }
        done(work.exportAndWipe ? { ...answer, exportedTo: `beyond-${work.exportAndWipe.takeoverId}.jsonl` } : answer)
      })
    },
    root: () => image.rows.root(),
    halt: (because) => {
      durable.haltedBecause ??= because
      image.haltedBecause ??= because
    },
    crash: (dice) => {
      if (running !== null) {
        running.cancelled = true
        if (!faults.full && dice.chance(0.5)) {
          const outcome = perform(running.work)
          if (!(outcome instanceof Fault)) waiting.push(outcome.step)
        }
        running = null
      }
      persist(waiting.slice(0, dice.between(0, waiting.length)))
      waiting = []
      image = copyImage(durable)
      snapshots.crash(dice.random())
    },
    backup: () => copyImage(durable),
    rollback: (to) => {
      // The count of openings is what a restored disk goes back to as well.
      durable = copyImage(to)
      image = copyImage(durable)
      snapshots.crash(0)
    },
  }
}

/** Breaking the port's contract is a defect of the caller, never something to survive. */
const check = (image: Image, work: Work): void => {
  const { truncateFrom, append = [], compactTo } = work
  const lastIndex = image.base.index + image.entries.length
  const end =
    work.install || work.exportAndWipe ? undefined : truncateFrom === undefined ? lastIndex : Math.min(truncateFrom - 1, lastIndex)
  if (truncateFrom !== undefined && truncateFrom <= image.appliedIndex) throw new Error(`truncates applied entry ${truncateFrom}`)
  append.forEach((entry, at) => {
    const before = at === 0 ? end : append[at - 1]?.index
    if (before !== undefined && entry.index !== before + 1) throw new Error(`entry ${entry.index} appended after ${before}`)
  })
  if (compactTo !== undefined && compactTo > image.appliedIndex + (work.apply?.length ?? 0))
    throw new Error(`compacts unapplied entry ${compactTo}`)
}
