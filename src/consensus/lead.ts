import { type PeerId, showTerm } from '../base/index.ts'
import { markWhenDue } from './checkpoint.ts'
import { advanceCommit, appendOwn, reconcilePeers } from './commit.ts'
import { beginRound } from './replicate.ts'
import { stepDown } from './roles.ts'
import type { Leadership, State } from './state.ts'
import { handOver, tickTransfer } from './transfer.ts'
import { majorityOf, note, say, type Turn, votersOf } from './turn.ts'
import type { LogIndex } from './types.ts'

/** A majority voted: lead, and open the term with an empty entry before anything else. */
export const becomeLeader = (turn: Turn): void => {
  const { state, nowMs } = turn
  const { log } = state
  const opening = log.lastIndex + 1
  const lead: Leadership = {
    peers: new Map(),
    noopIndex: opening,
    round: 0,
    heartbeatAtMs: nowMs,
    tickedMs: nowMs,
    waitingReads: [],
    runningReads: null,
    transfer: null,
    reconfiguring: log.configurationIndex > state.commitIndex ? { id: null, index: log.configurationIndex } : null,
    markedIndex: state.appliedIndex,
    markedMs: nowMs,
    handOverAtMs: nowMs,
  }
  state.role = 'leader'
  state.leader = state.self
  state.leaderHeardMs = nowMs
  state.election.lost = null
  state.election.deferred = []
  state.lead = lead
  const before = lead.reconfiguring === null ? [] : [log.configurationAt(lead.reconfiguring.index - 1)]
  reconcilePeers(turn, lead, [log.configuration, ...before])
  appendOwn(turn, { kind: 'noop', leader: state.self })
  note(turn, `Leads term ${showTerm(state.term)} with ${state.election.granted.size} of ${votersOf(turn).length} votes.`)
  beginRound(turn, lead)
  advanceCommit(turn, lead)
}

/** What a leader does as time passes: heartbeats, CheckQuorum, handing over. */
export const tickLeader = (turn: Turn, lead: Leadership): void => {
  const { rules, state, nowMs } = turn
  const stalled = nowMs - lead.tickedMs > 2 * rules.heartbeatMs
  lead.tickedMs = nowMs
  state.leaderHeardMs = nowMs
  // After a stall of this very process the answers may be waiting in its sockets: judge one heartbeat later.
  if (!stalled && !hasQuorum(turn, lead)) {
    stepDown(turn, 'no majority answered in time')
    return
  }
  if (nowMs >= lead.heartbeatAtMs) beginRound(turn, lead)
  markWhenDue(turn, lead)
  tickTransfer(turn, lead)
  handOver(turn, lead)
}

/** Whether a leader may take a proposal now. */
export const acceptsProposals = (rules: Turn['rules'], state: State): boolean => {
  const { lead, log, commitIndex } = state
  if (lead === null || lead.transfer !== null) return false
  return log.lastIndex - commitIndex < rules.backlogEntriesMax && log.chars < rules.keepChars + rules.backlogCharsMax
}

/** Appends what somebody (null: this node itself) proposed; drops it where this node cannot: its author sends it again. */
export const propose = (turn: Turn, from: PeerId | null, bodies: readonly string[]): void => {
  const { rules, state } = turn
  if (!acceptsProposals(rules, state)) return
  let last: LogIndex = 0
  for (const body of bodies) {
    if (body.length <= rules.bodyCharsMax) last = appendOwn(turn, { kind: 'batch', body }).index
  }
  const peer = from === null ? undefined : state.lead?.peers.get(from)
  if (peer !== undefined && last > 0) peer.forwarded.push(last)
}

/** Passes proposals of this node on to the leader, in messages that fit. */
export const forward = (turn: Turn, bodies: readonly string[]): void => {
  const { rules, state } = turn
  if (state.leader === null) return
  let gathered: string[] = []
  let chars = 0
  for (const body of bodies) {
    if (gathered.length > 0 && chars + body.length > rules.appendCharsMax) {
      say(turn, state.leader, { kind: 'propose', bodies: gathered })
      gathered = []
      chars = 0
    }
    gathered.push(body)
    chars += body.length
  }
  if (gathered.length > 0) say(turn, state.leader, { kind: 'propose', bodies: gathered })
}

const hasQuorum = (turn: Turn, lead: Leadership): boolean => {
  const { rules, state, nowMs } = turn
  const voters = votersOf(turn)
  let answering = 0
  for (const voter of voters) {
    if (voter === state.self) answering++
    else if (nowMs - (lead.peers.get(voter)?.countedMs ?? Number.NEGATIVE_INFINITY) <= rules.quorumMs) answering++
  }
  return answering >= majorityOf(voters.length)
}
