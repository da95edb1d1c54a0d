import { Fault, type PeerId } from '../base/index.ts'
import { notOpen, successor } from './commit.ts'
import { feed } from './replicate.ts'
import { asideRank } from './roles.ts'
import type { Leadership, Peer } from './state.ts'
import { configurationOf, say, type Turn, termIsOpen } from './turn.ts'

/** Begins to hand leadership to a voter: no new proposals, `to` is brought up to date, then told to stand. A refusal ends with `transfer-ended`. */
export const beginTransfer = (turn: Turn, to: PeerId): void => {
  const { state } = turn
  const { lead } = state
  const peer = lead?.peers.get(to)
  const fault = transferFault(turn, to)
  if (fault !== null || lead === null || peer === undefined) {
    turn.effects.push({ kind: 'transfer-ended', to, fault: fault ?? notOpen() })
    return
  }
  lead.transfer = { to, untilMs: turn.nowMs + turn.rules.transferMs, told: false }
  feed(turn, lead, peer)
  continueTransfer(turn, lead, peer)
}

/** The target has everything: tell it to stand. */
export const continueTransfer = (turn: Turn, lead: Leadership, peer: Peer): void => {
  const { transfer } = lead
  if (transfer === null || transfer.told || transfer.to !== peer.id || peer.matchIndex < turn.state.log.lastIndex) return
  transfer.told = true
  say(turn, peer.id, { kind: 'timeout-now' })
}

/** A target that did not take over in time: go on leading. The order is repeated with every heartbeat, for it may be lost. */
export const tickTransfer = (turn: Turn, lead: Leadership): void => {
  const { transfer } = lead
  if (transfer === null) return
  if (turn.nowMs >= transfer.untilMs) {
    lead.transfer = null
    const fault = new Fault('timeout', 'The other node did not take over in time; this node goes on leading.', {
      hint: 'Check that it is healthy, then try again.',
    })
    turn.effects.push({ kind: 'transfer-ended', to: transfer.to, fault })
    return
  }
  transfer.told = false
  const peer = lead.peers.get(transfer.to)
  if (peer !== undefined) continueTransfer(turn, lead, peer)
}

/** A leader that stands aside (weight 0) hands on as soon as another voter is there to take over; alone it keeps leading. */
export const handOver = (turn: Turn, lead: Leadership): void => {
  const { state, nowMs } = turn
  if ((state.ranks[state.self] ?? 0) < asideRank || lead.transfer !== null || !termIsOpen(turn) || nowMs < lead.handOverAtMs) return
  const to = successor(turn, lead, false)
  if (to === null) return
  lead.handOverAtMs = nowMs + 2 * turn.rules.transferMs
  beginTransfer(turn, to)
}

const transferFault = (turn: Turn, to: PeerId): Fault | null => {
  const { lead, self } = turn.state
  if (lead === null || !termIsOpen(turn)) return notOpen()
  if (to === self) return new Fault('conflict', 'This node leads already.')
  if (!configurationOf(turn).voters.includes(to))
    return new Fault('bad-request', 'Only a voter can lead.', { hint: 'Choose one of the voters.' })
  return lead.transfer === null ? null : new Fault('busy', 'Leadership is being handed over already.')
}
