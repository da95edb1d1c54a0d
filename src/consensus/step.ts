import { Fault } from '../base/index.ts'
import { beginAdmission, sayHello } from './amnesia.ts'
import type { Effect } from './effect.ts'
import { armElection, tickElection } from './election.ts'
import type { Event } from './event.ts'
import { forward, propose, tickLeader } from './lead.ts'
import { reconfigure } from './membership.ts'
import { onRead } from './reads.ts'
import { receive } from './receive.ts'
import type { Rules } from './rules.ts'
import { flush, onCommitFailed, onCommitted, tickSaving } from './save.ts'
import { onChunkKept } from './snapshot-receive.ts'
import { onSnapshotFailed, onSnapshotGone, onSnapshotTaken } from './snapshot-send.ts'
import type { State } from './state.ts'
import { beginTakeover } from './takeover.ts'
import { beginTransfer } from './transfer.ts'
import type { Turn } from './turn.ts'
import { onLost } from './vote.ts'

/**
 * The protocol: what one member does when something happens. Pure in that it knows no clock, chance or I/O but what `event` carries; `state` is
 * moved in and may be changed in place, so the caller goes on with the one that is returned.
 */
export const step = (rules: Rules, state: State, event: Event): { state: State; effects: Effect[] } => {
  const effects: Effect[] = []
  const turn: Turn = { rules, state, effects, nowMs: event.nowMs, wallMs: event.wallMs, random: event.random }
  take(turn, event)
  return { state, effects }
}

const take = (turn: Turn, event: Event): void => {
  const { state } = turn
  switch (event.kind) {
    case 'start':
      if (state.role === 'halted') return
      beginAdmission(turn)
      sayHello(turn)
      return armElection(turn)
    case 'tick':
      return tick(turn)
    case 'flush':
      return flush(turn)
    case 'heard':
      return receive(turn, event.from, event.message)
    case 'lost':
      return onLost(turn, event.peer)
    case 'propose':
      return state.lead === null ? forward(turn, event.bodies) : propose(turn, null, event.bodies)
    case 'read':
      return onRead(turn, null, event.id)
    case 'transfer':
      return beginTransfer(turn, event.to)
    case 'reconfigure':
      return reconfigure(turn, event.id, event.configuration)
    case 'ranks':
      if (state.lead !== null) state.ranks = event.ranks
      return
    case 'takeover':
      return beginTakeover(turn, event.takeover)
    case 'committed':
      return onCommitted(turn, event.outcome, event.root)
    case 'commit-failed':
      return onCommitFailed(turn, event.fault)
    case 'snapshot-taken':
      return state.lead === null ? undefined : onSnapshotTaken(turn, state.lead, event.to, event.offer)
    case 'snapshot-failed':
      return state.lead === null ? undefined : onSnapshotFailed(state.lead, event.to)
    case 'snapshot-gone':
      return state.lead === null ? undefined : onSnapshotGone(turn, state.lead, event.to)
    case 'chunk-kept':
      return onChunkKept(turn, event.from, event.id, event.haveBytes, event.round)
    default:
      throw new Fault('bad-request', `Unknown event ${String(event satisfies never)}.`)
  }
}

const tick = (turn: Turn): void => {
  const { state } = turn
  if (state.role === 'halted') return
  tickSaving(turn)
  sayHello(turn)
  if (state.lead !== null) tickLeader(turn, state.lead)
  else tickElection(turn)
}
