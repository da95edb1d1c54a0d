import type { PeerId } from '../base/index.ts'
import { hearLeader, isFromTheFuture } from './accept.ts'
import { commitTo } from './commit.ts'
import type { Message } from './messages.ts'
import type { SnapshotOffer } from './ports.ts'
import { resetElectionTimer } from './roles.ts'
import { note, say, type Turn } from './turn.ts'
import { beginWipe, mustWipe } from './wipe.ts'

type Piece = Message & { kind: 'snapshot' }

/** A piece of a snapshot (or the question how much of it is here) from the leader. */
export const onSnapshot = (turn: Turn, from: PeerId, message: Piece): void => {
  const { rules, state, nowMs } = turn
  if (!hearLeader(turn, from)) return
  const { offer, offset, chunk, round } = message
  const { takeover } = offer.configuration
  if (takeover !== undefined && rules.acceptsTakeover(takeover) !== null) return
  if (isFromTheFuture(turn, state.log.lastStampMs, offer.stampMs)) return
  if (state.saving.wipe !== null || state.saving.install !== null || nowMs < state.following.refuseSnapshotsUntilMs) return
  if (takeover !== undefined && mustWipe(turn, takeover)) {
    beginWipe(turn, takeover)
    return
  }
  const { index, hash } = offer.position
  const mine = state.log.positionAt(index)
  if (mine?.hash === hash && index > state.commitIndex) commitTo(turn, index)
  if (index <= state.commitIndex) {
    say(turn, from, { kind: 'snapshot-reply', id: offer.id, haveBytes: offer.sizeBytes, installed: true, round })
    return
  }
  state.following.receiving = offer
  turn.effects.push({ kind: 'keep-chunk', from, offer, offset, chunk, round })
}

/** The piece is kept: tell the leader how much is here, and install what is complete. */
export const onChunkKept = (turn: Turn, from: PeerId, id: string, haveBytes: number, round: number): void => {
  const { state } = turn
  const { receiving } = state.following
  if (receiving === null || receiving.id !== id || state.leader !== from) return
  say(turn, from, { kind: 'snapshot-reply', id, haveBytes, installed: false, round })
  if (haveBytes < receiving.sizeBytes) return
  state.following.receiving = null
  state.saving.install = receiving
  state.flushDue = true
}

/** The snapshot is the state now. */
export const endInstall = (turn: Turn, offer: SnapshotOffer): void => {
  const { state, effects } = turn
  const { index } = offer.position
  state.log.reset(offer.position, offer.stampMs, offer.configuration)
  state.commitIndex = index
  state.appliedIndex = index
  state.saving.savedIndex = index
  state.saving.diskIndex = index
  state.saving.install = null
  state.following.matched = 0
  state.roots.clear()
  effects.push({ kind: 'installed', index })
  resetElectionTimer(turn)
  if (state.leader === null || state.role !== 'follower') return
  say(turn, state.leader, { kind: 'snapshot-reply', id: offer.id, haveBytes: offer.sizeBytes, installed: true, round: 0 })
}

/** It could not be installed (it did not verify, or the disk failed): drop it and take no other for a while. */
export const failInstall = (turn: Turn, because: string): void => {
  const { state, nowMs } = turn
  note(turn, `A snapshot was not installed: ${because}`)
  state.saving.install = null
  state.following.receiving = null
  state.following.refuseSnapshotsUntilMs = nowMs + refuseMs
}

const refuseMs = 5000
