import type { PeerId } from '../base/index.ts'
import type { State } from './state.ts'
import type { Role, Status } from './types.ts'

/** What may be seen of a member at `nowMs` (monotonic). */
export const statusOf = (state: State, nowMs: number): Status => {
  const { self, commitIndex, appliedIndex, ranks, haltedBecause, log } = state
  const peers: Record<PeerId, Status['peers'][PeerId]> = {}
  for (const peer of state.lead?.peers.values() ?? []) {
    const { matchIndex, counts, mode } = peer
    peers[peer.id] = { matchIndex, counts, activeMsAgo: Math.max(0, nowMs - peer.heardMs), snapshotting: mode === 'snapshot' }
  }
  return {
    self,
    role: roleOf(state),
    ...leadershipOf(state),
    commitIndex,
    appliedIndex,
    lastIndex: log.lastIndex,
    firstIndex: log.firstIndex,
    lastStampMs: log.lastStampMs,
    configuration: log.configuration,
    ranks,
    peers,
    leaderHeardMsAgo: state.role === 'leader' ? 0 : Math.max(0, nowMs - state.leaderHeardMs),
    haltedBecause,
  }
}

/** The role as others name it. */
export const roleOf = ({ role, self, log }: State): Role => {
  if (role === 'pre-candidate') return 'candidate'
  if (role === 'follower' && !log.configuration.voters.includes(self)) return 'learner'
  return role
}

/**
 * The term and its leader as this node may act on them: a term that is not on disk yet would be forgotten in a crash, and commands of an older
 * leader obeyed after those of a newer one (fencing).
 */
export const leadershipOf = ({ saving, term, leader }: State): Pick<Status, 'term' | 'leader'> =>
  saving.termSaved === term ? { term, leader } : { term: saving.termSaved, leader: null }
