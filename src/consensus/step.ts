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
      if (state.role === 'halted') break
      beginAdmission(turn)
      sayHello(turn)
      armElection(turn)
      break
    case 'tick':
      tick(turn)
      break
    case 'flush':
      flush(turn)
      break
    case 'heard':
      receive(turn, event.from, event.message)
      break
    case 'lost':
      onLost(turn, event.peer)
      break
    case 'propose':
      if (state.lead === null) forward(turn, event.bodies)
      else propose(turn, null, event.bodies)
      break
    case 'read':
      onRead(turn, null, event.id)
      break
    case 'transfer':
      beginTransfer(turn, event.to)
      break
    case 'reconfigure':
      reconfigure(turn, event.id, event.configuration)
      break
    case 'ranks':
      if (state.lead !== null) state.ranks = event.ranks
      break
    case 'takeover':
      beginTakeover(turn, event.takeover)
      break
    case 'committed':
      onCommitted(turn, event.outcome, event.root)
      break
    case 'commit-failed':
      onCommitFailed(turn, event.fault)
      break
    case 'snapshot-taken':
      if (state.lead !== null) onSnapshotTaken(turn, state.lead, event.to, event.offer)
      break
    case 'snapshot-failed':
      if (state.lead !== null) onSnapshotFailed(state.lead, event.to)
      break
    case 'snapshot-gone':
      if (state.lead !== null) onSnapshotGone(turn, state.lead, event.to)
      break
    case 'chunk-kept':
      onChunkKept(turn, event.from, event.id, event.haveBytes, event.round)
      break
    default:
      throw new Error(`Unknown event ${String(event satisfies never)}.`)
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
