import { epochOf, type PeerId } from '../base/index.ts'
import type { Message } from './messages.ts'
import { type Turn, votersOf } from './turn.ts'

/**
 * Whether somebody who has no vote says what only voters say. Nobody without a vote leads, stands or accuses another of lost memory, so a
 * learner gone bad cannot stop healthy voters for good, or take back what they acknowledged. Its seat may stand in entries that are still
 * missing here; therefore, once no leader was heard for a while, who claims to lead or stands is heard whoever it is.
 */
export const speaksAboveItsSeat = (turn: Turn, from: PeerId, { kind, term }: Message): boolean => {
  const { rules, state, nowMs } = turn
  if (from === state.leader || votersOf(turn).includes(from)) return false
  if (kind === 'hello-reply') return true
  // A newer cluster epoch is proven by the master's word, whoever brings it; `receive` asks for the proof.
  if (epochOf(term) > epochOf(state.term)) return false
  const claims = kind === 'append' || kind === 'snapshot' || kind === 'vote'
  return claims && nowMs - state.leaderHeardMs < rules.silenceMs
}
