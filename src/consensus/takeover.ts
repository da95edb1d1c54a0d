import { epochOf, Fault, type PeerId, termOf } from '../base/index.ts'
import { beginAdmission, sayHello } from './amnesia.ts'
import { nextEntry, nextStampMs } from './entry.ts'
import type { Message } from './messages.ts'
import { follow, halt, setRetryTimer } from './roles.ts'
import { say, type Turn } from './turn.ts'
import type { Takeover } from './types.ts'

/**
 * Appends a take-over on a surviving member: the next cluster epoch, in which the named voters are the whole electorate. Everything in the
 * entry comes from the act itself, so that survivors with equal logs append the same entry. Ends with `takeover-answered`.
 */
export const beginTakeover = (turn: Turn, takeover: Takeover): void => {
  const { state } = turn
  const fault = takeoverFault(turn, takeover)
  turn.effects.push({ kind: 'takeover-answered', id: takeover.id, fault })
  if (fault !== null) return
  const term = termOf(epochOf(takeover.base.term) + 1, 0)
  follow(turn, term, null)
  const { id, base, configuration, body } = takeover
  state.log.append(
    nextEntry(state.log.last, term, nextStampMs(state.log.lastStampMs, 0), { kind: 'takeover', id, base, configuration, body }),
  )
  state.flushDue = true
  beginAdmission(turn)
  sayHello(turn)
  setRetryTimer(turn)
  if (state.admission.admitted) state.election.deadlineMs = turn.nowMs
}

/** Whether a message of a higher epoch proves that epoch: a take-over that the master signed. Without proof nobody's epoch is raised. */
export const provesEpoch = ({ rules }: Turn, { term, takeover }: Message): boolean =>
  takeover !== undefined && epochOf(takeover.base.term) + 1 === epochOf(term) && rules.acceptsTakeover(takeover) === null

/** A leader of an older epoch is no reason to hold off a candidate of a proven newer one: the master decided. */
export const outranksLeader = (turn: Turn, message: Message): boolean =>
  epochOf(message.term) > epochOf(turn.state.term) && provesEpoch(turn, message)

/** Two take-overs of one epoch: both sides halt, and tell each other by the proofs in their envelopes. True when that is so. */
export const conflicts = (turn: Turn, from: PeerId, message: Message): boolean => {
  const { state } = turn
  const mine = state.log.configuration.takeover
  const theirs = message.takeover
  if (mine === undefined || theirs === undefined || mine.id === theirs.id || mine.base.term > theirs.base.term) return false
  if (epochOf(mine.base.term) !== epochOf(theirs.base.term) || turn.rules.acceptsTakeover(theirs) !== null) return false
  if (message.kind !== 'hello-reply') say(turn, from, { kind: 'hello-reply', known: null, leader: null })
  halt(turn, `Two different take-overs of one cluster epoch met (${mine.id} and ${theirs.id}). Decide by hand which side stays.`)
  return true
}

const takeoverFault = (turn: Turn, takeover: Takeover): Fault | null => {
  const { rules, state } = turn
  const { last, epoch } = state.log
  const { base, configuration } = takeover
  const refused = rules.acceptsTakeover(takeover)
  if (refused !== null) return refused
  if (state.role === 'halted') return new Fault('conflict', 'This node has halted.')
  if (state.role === 'leader') return new Fault('conflict', 'This node leads with a majority; there is nothing to take over.')
  if (epochOf(state.term) !== epoch) return new Fault('conflict', 'Another take-over has begun already.')
  if (base.index !== last.index || base.term !== last.term || base.hash !== last.hash) {
    return new Fault('conflict', `The take-over builds on entry ${base.index}, but the log of this node ends at ${last.index}.`, {
      hint: 'Make the take-over again from the present end of the log.',
    })
  }
  if (!configuration.voters.includes(state.self)) return new Fault('bad-request', 'The take-over does not name this node as a voter.')
  return null
}
