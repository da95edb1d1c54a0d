import { epochOf } from '../base/index.ts'
import { positionZero } from './entry.ts'
import type { Turn } from './turn.ts'
import { note } from './turn.ts'
import type { Takeover } from './types.ts'

/** A proven take-over builds on less than what is committed here, and is not in our log: this node was on the other side. */
export const mustWipe = ({ state }: Turn, takeover: Takeover): boolean =>
  epochOf(takeover.base.term) + 1 > state.log.epoch && takeover.base.index < state.commitIndex

/** Exports what this node has beyond the take-over's base (null: base not known, everything kept) and starts over as a learner without a log. */
export const beginWipe = (turn: Turn, takeover: Takeover | null): void => {
  const { state } = turn
  if (state.saving.wipe !== null) return
  note(turn, 'A take-over went on without this node: it exports what only it has and starts over from a snapshot.')
  state.saving.wipe = { base: takeover?.base ?? positionZero, takeoverId: takeover?.id ?? 'unknown' }
  state.saving.install = null
  state.flushDue = true
}

/** The wipe is on disk. */
export const endWipe = (turn: Turn, exportedTo: string | undefined): void => {
  const { state, effects } = turn
  state.log.reset(positionZero, 0, { voters: [], learners: [] })
  state.commitIndex = 0
  state.appliedIndex = 0
  state.saving.savedIndex = 0
  state.saving.diskIndex = 0
  state.saving.wipe = null
  state.following.matched = 0
  state.following.ackOwed = false
  state.following.receiving = null
  state.roots.clear()
  if (exportedTo !== undefined) effects.push({ kind: 'exported', file: exportedTo })
  effects.push({ kind: 'installed', index: 0 })
}
