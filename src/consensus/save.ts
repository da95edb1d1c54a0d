import type { Fault, Hash } from '../base/index.ts'
import { acknowledge } from './accept.ts'
import { compareRoots, markWhenDue, onMarkApplied } from './checkpoint.ts'
import { advanceCommit, successor } from './commit.ts'
import { countOwnVote } from './election.ts'
import { gather, tickPromises } from './gather.ts'
import { present } from './invariant.ts'
import type { Outcome } from './ports.ts'
import { startReadRound } from './reads.ts'
import { replicate } from './replicate.ts'
import { stepDown } from './roles.ts'
import { endInstall, failInstall } from './snapshot-receive.ts'
import type { InFlight, State } from './state.ts'
import { note, say, type Turn } from './turn.ts'
import { endWipe } from './wipe.ts'

/** Everything that had arrived is handled: send what gathered, then begin one commit where none runs (group commit). */
export const flush = (turn: Turn): void => {
  const { state, nowMs } = turn
  state.flushDue = false
  if (state.role === 'halted') return
  if (state.lead !== null) {
    replicate(turn, state.lead)
    startReadRound(turn, state.lead)
  }
  if (state.saving.inFlight !== null || nowMs < state.saving.retryAtMs) return
  const begun = gather(turn)
  if (begun === null) return
  state.saving.inFlight = begun.inFlight
  turn.effects.push({ kind: 'commit', work: begun.inFlight.work, wantsRoot: begun.wantsRoot })
}

/** The commit is on disk: count it, apply it, and let go of the promises that waited for it. */
export const onCommitted = (turn: Turn, outcome: Outcome, root: Hash | null): void => {
  const { state } = turn
  const { saving } = state
  const done = present(saving.inFlight, 'the commit that ended')
  saving.inFlight = null
  saving.suspect = false
  saving.ballotSaved = done.ballotVersion
  saving.termSaved = done.term
  if (done.promises) saving.promisesSavedMs = turn.nowMs
  if (done.wipe) endWipe(turn, outcome.exportedTo)
  else if (done.install !== null) endInstall(turn, done.install)
  else settle(turn, done, outcome, root)
  if (state.role === 'halted') return
  release(turn)
  if (saving.ballotSaved === saving.ballotVersion) countOwnVote(turn)
  if (state.lead !== null) {
    markWhenDue(turn, state.lead)
    advanceCommit(turn, state.lead)
  } else acknowledge(turn)
  if (isPending(state)) state.flushDue = true
}

/** Nothing of the commit was written. Whoever cannot write promises nothing and does not lead. */
export const onCommitFailed = (turn: Turn, fault: Fault): void => {
  const { rules, state, nowMs } = turn
  const { saving } = state
  const failed = present(saving.inFlight, 'the commit that failed')
  saving.inFlight = null
  if (failed.install !== null) {
    failInstall(turn, fault.message)
    state.flushDue = true
    return
  }
  if (failed.promises) saving.promisesDirty = true
  saving.suspect = true
  saving.retryAtMs = nowMs + rules.diskRetryMs
  saving.outbox = []
  note(turn, `A write failed: ${fault.message}`)
  if (state.role === 'leader') yieldTo(turn, 'its disk does not take writes')
  else if (state.role !== 'halted') state.role = 'follower'
}

/** What the disk needs as time passes: a leader gives up on a slow one, retries, lonely records. */
export const tickSaving = (turn: Turn): void => {
  const { rules, state, nowMs } = turn
  const { saving } = state
  if (saving.inFlight !== null && nowMs >= saving.inFlight.sinceMs + rules.diskPatienceMs) {
    saving.suspect = true
    if (state.role === 'leader') yieldTo(turn, 'its disk is too slow')
  }
  if (saving.inFlight === null && (isPending(state) || tickPromises(turn))) state.flushDue = true
}

/** Something waits for the disk. */
export const isPending = ({ saving, log, commitIndex, appliedIndex }: State): boolean =>
  saving.ballotSaved !== saving.ballotVersion ||
  saving.savedIndex < log.lastIndex ||
  saving.diskIndex > saving.savedIndex ||
  Math.min(commitIndex, saving.savedIndex) > appliedIndex ||
  saving.install !== null ||
  saving.wipe !== null ||
  saving.suspect

const settle = (turn: Turn, { work, lastIndex, validTo }: InFlight, { results }: Outcome, root: Hash | null): void => {
  const { state, effects } = turn
  state.saving.diskIndex = lastIndex
  state.saving.savedIndex = Math.max(state.saving.savedIndex, validTo)
  const { apply, compactTo } = work
  if (apply !== undefined && apply.length > 0) {
    state.appliedIndex += apply.length
    effects.push({ kind: 'applied', entries: apply, results })
    compareRoots(turn, apply)
    if (root !== null) onMarkApplied(turn, state.appliedIndex, root)
  }
  if (compactTo !== undefined) state.log.compactTo(compactTo)
}

/** Messages that revealed an unsaved term or vote may go now, unless the ballot has changed again. */
const release = ({ state, effects }: Turn): void => {
  const { saving } = state
  if (saving.outbox.length === 0 || saving.ballotSaved !== saving.ballotVersion) return
  for (const { to, message } of saving.outbox) effects.push({ kind: 'send', to, message })
  saving.outbox = []
}

const yieldTo = (turn: Turn, because: string): void => {
  const { state } = turn
  const next = state.lead === null ? null : successor(turn, state.lead, true)
  stepDown(turn, because)
  if (next !== null) say(turn, next, { kind: 'timeout-now' })
}
