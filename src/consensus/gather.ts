import type { PeerId } from '../base/index.ts'
import type { Work } from './ports.ts'
import type { InFlight } from './state.ts'
import type { Turn } from './turn.ts'
import type { Entry, LogIndex, Remembered } from './types.ts'

/** The next commit: everything that waits for the disk, within the limits of one commit; null when nothing does. */
export const gather = (turn: Turn): { inFlight: InFlight; wantsRoot: boolean } | null => {
  const { state, nowMs } = turn
  const { saving } = state
  const { ballotVersion } = saving
  // A suspect disk is tried with the ballot where nothing else is to be written.
  const ballot =
    saving.ballotSaved !== ballotVersion || saving.suspect ? { ballot: { term: state.term, votedFor: state.votedFor } } : undefined
  const start = { sinceMs: nowMs, ballotVersion, term: state.term, install: null, wipe: false, promises: false }
  if (saving.wipe !== null) {
    const work = { ...ballot, exportAndWipe: saving.wipe }
    return { inFlight: { ...start, work, lastIndex: 0, validTo: 0, wipe: true }, wantsRoot: false }
  }
  if (saving.install !== null) {
    const work = { ...ballot, install: { id: saving.install.id } }
    return { inFlight: { ...start, work, lastIndex: 0, validTo: 0, install: saving.install }, wantsRoot: false }
  }
  const part = nextPart(turn)
  const { append, lastIndex, truncateFrom } = gatherLog(turn, part)
  const apply = part === 'append' ? none : gatherApply(turn, lastIndex)
  const compactTo = gatherCompaction(turn)
  const durable = ballot !== undefined || append.length > 0 || truncateFrom !== undefined
  const promises = gatherPromises(turn, durable)
  if (!durable && apply.length === 0 && compactTo === undefined && promises === undefined) return null
  const work: Work = {
    ...ballot,
    ...(truncateFrom === undefined ? undefined : { truncateFrom }),
    ...(append.length === 0 ? undefined : { append }),
    ...(apply.length === 0 ? undefined : { apply }),
    ...(compactTo === undefined ? undefined : { compactTo }),
    ...(promises === undefined ? undefined : { promises }),
  }
  const wantsRoot = apply.at(-1)?.payload.kind === 'mark'
  return { inFlight: { ...start, work, lastIndex, validTo: lastIndex, promises: promises !== undefined }, wantsRoot }
}

/** Whether records of promises have waited long enough to be written by themselves. */
export const tickPromises = ({ rules, state, nowMs }: Turn): boolean =>
  state.saving.promisesDirty && nowMs >= state.saving.promisesDirtyMs + rules.promisesIdleMs

/**
 * Where entries wait to be saved and others to be applied, each gets a commit of its own, first the one that somebody waits for: the leader
 * waits for a follower's save, the leader's clients for its apply. The other one is next, whatever arrives meanwhile.
 */
const nextPart = ({ state }: Turn): 'append' | 'apply' | 'both' => {
  const { log, saving, commitIndex, appliedIndex, lead } = state
  const { savedIndex, diskIndex } = saving
  if (savedIndex === log.lastIndex || diskIndex > savedIndex || Math.min(commitIndex, savedIndex) <= appliedIndex) {
    saving.passedOver = false
    return 'both'
  }
  const part = saving.passedOver === (lead === null) ? 'apply' : 'append'
  saving.passedOver = !saving.passedOver
  return part
}

const gatherLog = (
  { rules, state }: Turn,
  part: 'append' | 'apply' | 'both',
): { append: readonly Entry[]; lastIndex: LogIndex; truncateFrom: LogIndex | undefined } => {
  const { log, saving } = state
  const { savedIndex, diskIndex } = saving
  if (part === 'apply') return { append: none, lastIndex: savedIndex, truncateFrom: undefined }
  const append = savedIndex < log.lastIndex ? log.slice(savedIndex + 1, log.lastIndex, rules.commitEntriesMax, rules.commitCharsMax) : none
  return { append, lastIndex: savedIndex + append.length, truncateFrom: diskIndex > savedIndex ? savedIndex + 1 : undefined }
}

/** Committed entries that are on disk with this commit, up to the first mark: its root is taken right after it. */
const gatherApply = ({ rules, state }: Turn, savedIndex: LogIndex): readonly Entry[] => {
  const { log, appliedIndex, commitIndex } = state
  const to = Math.min(commitIndex, savedIndex)
  if (to <= appliedIndex) return none
  const apply = log.slice(appliedIndex + 1, to, rules.commitEntriesMax, rules.commitCharsMax)
  const mark = apply.findIndex((entry) => entry.payload.kind === 'mark')
  return mark === -1 ? apply : apply.slice(0, mark + 1)
}

const gatherCompaction = ({ rules, state }: Turn): LogIndex | undefined => {
  const { log, appliedIndex } = state
  const kept = appliedIndex - log.base.index
  if (kept > rules.keepEntries + rules.keepEntries / 8) return appliedIndex - rules.keepEntries
  if (log.chars > rules.keepChars + rules.keepChars / 8 && kept > 1) return log.base.index + Math.ceil(kept / 4)
  return undefined
}

const gatherPromises = (turn: Turn, durable: boolean): Record<PeerId, Remembered> | undefined => {
  const { rules, state, nowMs } = turn
  const { saving } = state
  if (!saving.promisesDirty) return undefined
  const due = durable ? nowMs - saving.promisesSavedMs >= rules.promisesMs : tickPromises(turn)
  if (!due) return undefined
  saving.promisesDirty = false
  return Object.fromEntries(state.known) as Record<PeerId, Remembered>
}

const none: readonly Entry[] = []
