import { Fault } from '../base/index.ts'
import type { Machine, Outcome, Work } from '../consensus/ports.ts'
import type { LogIndex } from '../consensus/types.ts'
import { exportEntries } from './export-file.ts'
import type { LogRows } from './log-rows.ts'
import { type Base, baseZero, type MemberRow } from './member-row.ts'
import { badSnapshot, rowsOf } from './snapshot-file.ts'
import type { SnapshotIncoming } from './snapshot-incoming.ts'
import type { StateRows } from './state-rows.ts'

/** The tables of one member, and who gives the rows their meaning. */
export interface Tables {
  readonly folder: string
  readonly member: MemberRow
  readonly log: LogRows
  readonly rows: StateRows
  readonly incoming: SnapshotIncoming
  readonly machine: Machine
}

/** How far the tables are; a copy in memory that follows only what was committed. */
export interface Progress {
  readonly base: Base
  readonly lastIndex: LogIndex
  readonly appliedIndex: LogIndex
}

/** Whether work promises something to others, so that it must be fsynced. */
export const isDurable = ({ ballot, install, exportAndWipe, truncateFrom, append, promises }: Work): boolean =>
  [ballot, install, exportAndWipe, truncateFrom, append, promises].some((part) => part !== undefined)

/** Carries out one work inside a transaction, its fields in their order. What breaks the port's contract is a defect of the caller and throws. */
export const perform = (tables: Tables, before: Progress, work: Work): { readonly outcome: Outcome; readonly progress: Progress } => {
  const { member, log, rows, machine } = tables
  let progress = before
  if (work.ballot) member.setBallot(work.ballot)
  if (work.install) progress = install(tables, progress, work.install.id)
  let exportedTo: string | undefined
  if (work.exportAndWipe) {
    const { base, takeoverId } = work.exportAndWipe
    exportedTo = exportEntries(tables.folder, takeoverId, base, log.after(base.index), progress.appliedIndex)
    log.clear()
    rows.clear()
    member.setBase(baseZero)
    member.setApplied(0)
    progress = { base: baseZero, lastIndex: 0, appliedIndex: 0 }
  }
  if (work.truncateFrom !== undefined) {
    contract(work.truncateFrom > progress.appliedIndex, 'applied entries are never truncated')
    log.truncateFrom(work.truncateFrom)
    progress = { ...progress, lastIndex: Math.min(progress.lastIndex, work.truncateFrom - 1) }
  }
  for (const entry of work.append ?? []) {
    contract(entry.index === progress.lastIndex + 1, 'the log has no gaps')
    log.append(entry)
    progress = { ...progress, lastIndex: entry.index }
  }
  const results = (work.apply ?? []).map((entry) => {
    contract(entry.index === progress.appliedIndex + 1 && entry.index <= progress.lastIndex, 'entries are applied in order, from the log')
    progress = { ...progress, appliedIndex: entry.index }
    return machine.apply(rows, entry)
  })
  if (work.apply) member.setApplied(progress.appliedIndex)
  if (work.compactTo !== undefined) progress = compact(tables, progress, work.compactTo)
  if (work.promises) member.setPromises(work.promises)
  return { outcome: exportedTo === undefined ? { results } : { results, exportedTo }, progress }
}

/** Replaces state and log by the received snapshot. Verified inside the transaction: whatever is wrong with it, the old state comes back. */
const install = ({ member, log, rows, incoming, machine }: Tables, { appliedIndex }: Progress, id: string): Progress => {
  const { path, offer } = incoming.complete(id)
  const { position, stampMs, configuration } = offer
  if (position.index < appliedIndex) throw new Fault('stale-snapshot', 'This snapshot is older than what is applied here.')
  rows.clear()
  for (const [space, key, value] of rowsOf(path, offer)) rows.put(space, key, value)
  const flaw = machine.verifySnapshot(rows, offer)
  if (flaw) throw flaw
  if (rows.root() !== offer.root) throw badSnapshot('its rows do not have the root that was offered')
  log.clear()
  const base = { position, stampMs, configuration }
  member.setBase(base)
  member.setApplied(position.index)
  return { base, lastIndex: position.index, appliedIndex: position.index }
}

const compact = ({ member, log }: Tables, progress: Progress, index: LogIndex): Progress => {
  if (index <= progress.base.position.index) return progress
  contract(index <= progress.appliedIndex, 'only applied entries are dropped')
  const base = standingAt(log, progress.base, index)
  log.dropTo(index)
  member.setBase(base)
  return { ...progress, base }
}

/** Position, stamp and configuration as of an index between the base and the end of the log. */
export const standingAt = (log: LogRows, base: Base, index: LogIndex): Base => {
  if (index === base.position.index) return base
  const entry = log.at(index)
  contract(entry !== undefined, 'the entry is in the log')
  const { term, hash, stampMs } = entry
  return { position: { index, term, hash }, stampMs, configuration: log.configurationAt(index) ?? base.configuration }
}

function contract(holds: boolean, rule: string): asserts holds {
  if (!holds) throw new Error(`The disk was asked for something against its contract: ${rule}.`)
}
