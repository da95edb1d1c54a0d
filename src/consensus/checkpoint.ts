import type { Hash } from '../base/index.ts'
import { appendOwn } from './commit.ts'
import { halt } from './roles.ts'
import type { Leadership } from './state.ts'
import { type Turn, termIsOpen } from './turn.ts'
import type { Entry, LogIndex } from './types.ts'

/*
 * Checkpoints are exact under pipelining because they come in two entries. A `mark` makes every member take the root of its state right after
 * applying it (a commit's applied range always ends at a mark). The leader, having done so, appends a `checkpoint` with its own root; every
 * member compares when it applies that. A member that restarted or installed a snapshot in between has nothing to compare and waits for the next.
 */

/** Appends a mark when enough was applied since the last one, or something was a while ago. */
export const markWhenDue = (turn: Turn, lead: Leadership): void => {
  const { rules, state, nowMs } = turn
  if (!termIsOpen(turn) || state.appliedIndex <= lead.markedIndex) return
  const fresh = state.appliedIndex - lead.markedIndex
  if (fresh < rules.checkpointEntries && nowMs - lead.markedMs < rules.checkpointMs) return
  lead.markedIndex = appendOwn(turn, { kind: 'mark' }).index
  lead.markedMs = nowMs
}

/** The root right after the mark at `index` is known here: keep it for comparison; the leader publishes it. */
export const onMarkApplied = (turn: Turn, index: LogIndex, root: Hash): void => {
  const { state } = turn
  state.roots.set(index, root)
  for (const old of state.roots.keys()) {
    if (state.roots.size <= rootsMax) break
    state.roots.delete(old)
  }
  if (state.lead !== null) state.lead.markedIndex = appendOwn(turn, { kind: 'checkpoint', index, root }).index
}

/** Compares every applied checkpoint with the own root; halts where they differ. */
export const compareRoots = (turn: Turn, applied: readonly Entry[]): void => {
  for (const { payload } of applied) {
    if (payload.kind !== 'checkpoint') continue
    const mine = turn.state.roots.get(payload.index)
    if (mine === undefined || mine === payload.root) continue
    const text = `The state of this node differs from the leader’s after entry ${payload.index} (${mine.slice(0, 12)} here, ${payload.root.slice(0, 12)} there).`
    halt(turn, `${text} Its database may be damaged.`)
  }
}

const rootsMax = 8
