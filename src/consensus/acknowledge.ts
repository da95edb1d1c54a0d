import type { PeerId } from '../base/index.ts'
import { remember, trusts } from './amnesia.ts'
import { advanceCommit } from './commit.ts'
import type { Message } from './messages.ts'
import { endReadRound } from './reads.ts'
import { feed } from './replicate.ts'
import { onSnapshotReply, resumeBehind } from './snapshot-send.ts'
import type { Peer } from './state.ts'
import { continueTransfer } from './transfer.ts'
import type { Turn } from './turn.ts'

type Reply = Message & { kind: 'append-reply' }

/** A member answers an append or a heartbeat: learn how far it is, send more, and commit what a majority has. */
export const onAppendReply = (turn: Turn, from: PeerId, message: Reply): void => {
  const { state } = turn
  const { lead } = state
  const peer = lead?.peers.get(from)
  if (lead === null || peer === undefined || message.term !== state.term) return
  if (!trusts(turn, from, message.promised)) return
  hear(turn, peer, message.counts, message.round)
  if (message.ok) onMatch(turn, peer, message)
  else onRefusal(turn, peer, message)
  advanceCommit(turn, lead)
  // A committed change of members can end this leadership.
  if (state.lead !== lead) return
  feed(turn, lead, peer)
  endReadRound(turn, lead)
  continueTransfer(turn, lead, peer)
}

/** A member answers a piece of a snapshot. */
export const onSnapshotAnswer = (turn: Turn, from: PeerId, message: Message & { kind: 'snapshot-reply' }): void => {
  const { state } = turn
  const { lead } = state
  const peer = lead?.peers.get(from)
  if (lead === null || peer === undefined || message.term !== state.term) return
  hear(turn, peer, false, message.round)
  if (onSnapshotReply(turn, lead, peer, message)) feed(turn, lead, peer)
}

const hear = (turn: Turn, peer: Peer, counts: boolean, round: number): void => {
  peer.heardMs = turn.nowMs
  if (!counts) return
  peer.counts = true
  peer.countedMs = turn.nowMs
  peer.round = Math.max(peer.round, round)
}

const onMatch = (turn: Turn, peer: Peer, { matchIndex, incarnation, term }: Reply): void => {
  const { log } = turn.state
  if (matchIndex > log.lastIndex) return
  if (matchIndex > peer.matchIndex) {
    peer.matchIndex = matchIndex
    while (peer.flights.length > 0 && (peer.flights[0]?.lastIndex ?? 0) <= matchIndex) peer.flightChars -= peer.flights.shift()?.chars ?? 0
    const lastTerm = log.termAt(matchIndex)
    if (lastTerm !== undefined) remember(turn, peer.id, { incarnation, term, voted: false, lastTerm, lastIndex: matchIndex })
  }
  if (peer.mode === 'snapshot') {
    if (matchIndex >= log.base.index) resumeBehind(peer, matchIndex)
  } else if (peer.mode === 'probe' && matchIndex >= peer.nextIndex - 1) {
    peer.mode = 'stream'
    peer.probing = false
    peer.nextIndex = matchIndex + 1
  }
}

/** The message did not fit there: go back to the place it names, one probe at a time. Late refusals of a stream are ignored. */
const onRefusal = (turn: Turn, peer: Peer, { matchIndex: hint, refusedIndex }: Reply): void => {
  const { log } = turn.state
  if (peer.mode === 'snapshot') {
    if (hint >= log.base.index && hint <= log.lastIndex) resumeBehind(peer, hint)
    return
  }
  if (peer.mode === 'probe' && refusedIndex !== peer.nextIndex - 1) return
  if (peer.mode === 'stream' && refusedIndex < peer.matchIndex) return
  peer.mode = 'probe'
  peer.flights = []
  peer.flightChars = 0
  const next = Math.max(1, Math.min(hint, log.lastIndex) + 1)
  // Nothing new to try: wait for the next heartbeat instead of asking in circles.
  peer.probing = next === peer.nextIndex
  peer.nextIndex = next
}
