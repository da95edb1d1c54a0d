import { epochOf, type PeerId } from '../base/index.ts'
import type { Effect } from './effect.ts'
import type { Instant } from './event.ts'
import type { Body, Message } from './messages.ts'
import type { Rules } from './rules.ts'
import type { State } from './state.ts'
import type { Configuration, LogIndex } from './types.ts'

/** One step under way: what every rule of the core gets to see and to add to. */
export interface Turn extends Instant {
  readonly rules: Rules
  readonly state: State
  readonly effects: Effect[]
}

const outboxMax = 256

/** Sends a message with this member's envelope; waits for the disk where the envelope reveals a term that is not saved yet. */
export const say = (turn: Turn, to: PeerId, body: Body): void => {
  const { state } = turn
  const { term, incarnation } = state
  const takeover = proves.has(body.kind) && epochOf(term) > 0 ? state.log.configuration.takeover : undefined
  post(turn, to, takeover === undefined ? { ...body, term, incarnation } : { ...body, term, incarnation, takeover })
}

/** Sends a whole message by the same rule. */
export const post = ({ state, effects }: Turn, to: PeerId, message: Message): void => {
  const { saving } = state
  if (saving.ballotSaved === saving.ballotVersion) {
    effects.push({ kind: 'send', to, message })
    return
  }
  if (saving.outbox.length >= outboxMax) saving.outbox.shift()
  saving.outbox.push({ to, message })
  state.flushDue = true
}

/** What was said in the name of an older term means nothing any more; what of it waited for the disk is dropped. */
export const dropOldTerm = ({ saving }: State): void => {
  saving.outbox = saving.outbox.filter(({ message }) => !ofTerm.has(message.kind))
}

const ofTerm: ReadonlySet<Body['kind']> = new Set(['vote', 'vote-reply', 'append-reply', 'snapshot-reply'])

/** A sentence for the log. */
export const note = (turn: Turn, text: string): void => void turn.effects.push({ kind: 'note', text })

/** Who counts right now: the newest configuration in the log, committed or not. */
export const configurationOf = ({ state }: Turn): Configuration => state.log.configuration

/** Everybody whose answer makes a majority. */
export const votersOf = (turn: Turn): readonly PeerId[] => configurationOf(turn).voters

export const majorityOf = (count: number): number => Math.floor(count / 2) + 1

/** The first entry of this leader's term is committed: reads and changes of members may begin. */
export const termIsOpen = ({ state }: Turn): boolean => state.lead !== null && state.commitIndex >= state.lead.noopIndex

/** Kinds that carry the proof of their cluster epoch; appends add it themselves, with heartbeats only. */
const proves: ReadonlySet<Body['kind']> = new Set(['vote', 'vote-reply', 'hello', 'hello-reply', 'snapshot'])

/** The highest index that a majority has, given one index per voter. */
export const majorityIndex = (indexes: LogIndex[]): LogIndex => {
  indexes.sort((a, b) => b - a)
  return indexes[majorityOf(indexes.length) - 1] ?? 0
}
