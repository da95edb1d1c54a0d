import { nextTerm, numberOf, type PeerId, showTerm } from '../base/index.ts'
import { becomeLeader } from './lead.ts'
import { mayStand, rankOf, setRetryTimer } from './roles.ts'
import { dropOldTerm, majorityOf, note, say, type Turn, votersOf } from './turn.ts'

/** The first deadline after the start. A lone voter waits for nobody. */
export const armElection = (turn: Turn): void => {
  const { rules, state, nowMs, random } = turn
  const voters = votersOf(turn)
  const alone = voters.length === 1 && voters[0] === state.self
  const waitMs = alone ? 0 : rules.silenceMs + rankOf(turn) * rules.silencePerRankMs + random * rules.silenceJitterMs
  state.election.deadlineMs = nowMs + waitMs
}

/** Stands when the deadline has passed. */
export const tickElection = (turn: Turn): void => {
  const { state, nowMs } = turn
  if (nowMs < state.election.deadlineMs) return
  if (mayStand(turn)) stand(turn)
  else {
    // Silent for so long: nobody leads as far as this node knows, though it cannot stand itself.
    state.role = 'follower'
    state.leader = null
    setRetryTimer(turn)
  }
}

/** The leader's process died: who stands first does so within milliseconds (rank × 30 ms). */
export const hastenElection = (turn: Turn): void => {
  const { rules, state, nowMs, random } = turn
  const soonMs = nowMs + rankOf(turn) * rules.lostPerRankMs + random * rules.lostJitterMs
  state.election.deadlineMs = Math.min(state.election.deadlineMs, soonMs)
}

/** Asks everybody whether it would be elected; raises no term yet (PreVote, section 9.6 of the thesis). */
export const stand = (turn: Turn): void => {
  const { state } = turn
  setRetryTimer(turn)
  state.role = 'pre-candidate'
  state.leader = null
  state.election.granted = new Set([state.self])
  if (isElected(turn)) {
    campaign(turn, false)
    return
  }
  askAll(turn, true, false)
}

/** Stands for election in the next term. Requests leave, and the own vote counts, once the ballot is on disk. */
export const campaign = (turn: Turn, transfer: boolean): void => {
  const { state } = turn
  // Terms end below 2^32 (base/ids.ts); a cluster that was driven there by a malicious member goes on after a take-over only.
  if (numberOf(state.term) >= termNumberMax) return
  state.term = nextTerm(state.term)
  state.votedFor = state.self
  state.saving.ballotVersion++
  dropOldTerm(state)
  state.flushDue = true
  state.role = 'candidate'
  state.leader = null
  state.election.granted = new Set()
  state.election.transfer = transfer
  setRetryTimer(turn)
  note(turn, `Stands in term ${showTerm(state.term)}${transfer ? ', asked by the leader' : ''}.`)
  askAll(turn, false, transfer)
}

/** The own vote is on disk. */
export const countOwnVote = (turn: Turn): void => {
  const { state } = turn
  if (state.role !== 'candidate' || state.votedFor !== state.self) return
  state.election.granted.add(state.self)
  if (isElected(turn)) becomeLeader(turn)
}

/** Somebody granted; `pre` says what. */
export const countVote = (turn: Turn, from: PeerId, pre: boolean): void => {
  const { state } = turn
  if (state.role !== (pre ? 'pre-candidate' : 'candidate')) return
  state.election.granted.add(from)
  if (!isElected(turn)) return
  if (pre) campaign(turn, false)
  else becomeLeader(turn)
}

const isElected = (turn: Turn): boolean => {
  const voters = votersOf(turn)
  const { granted } = turn.state.election
  return voters.filter((voter) => granted.has(voter)).length >= majorityOf(voters.length)
}

const askAll = (turn: Turn, pre: boolean, transfer: boolean): void => {
  const { state } = turn
  const { index, term } = state.log.last
  for (const voter of votersOf(turn)) {
    if (voter !== state.self) say(turn, voter, { kind: 'vote', pre, last: { index, term }, transfer })
  }
}

/** Beyond it the next term would be another cluster epoch. */
const termNumberMax = 2 ** 32 - 2
