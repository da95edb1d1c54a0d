import { epochOf, type PeerId } from '../base/index.ts'
import { shownBy } from './amnesia.ts'
import { charsOf } from './entry.ts'
import { present } from './invariant.ts'
import type { Message } from './messages.ts'
import { sendNextChunk, startSnapshot } from './snapshot-send.ts'
import type { Leadership, Peer } from './state.ts'
import { post, type Turn } from './turn.ts'
import type { Entry, LogIndex, Remembered } from './types.ts'

/** What the leader believes of a member it has not heard in this term. */
export const freshPeer = (id: PeerId, nextIndex: LogIndex, nowMs: number): Peer => ({
  id,
  matchIndex: 0,
  nextIndex,
  mode: 'probe',
  probing: false,
  flights: [],
  flightChars: 0,
  counts: false,
  heardMs: nowMs,
  countedMs: nowMs,
  round: 0,
  toldCommit: 0,
  forwarded: [],
  offer: null,
  taking: false,
  chunkSentMs: Number.NEGATIVE_INFINITY,
  offset: 0,
})

/** Sends every member what it lacks, as far as its window allows. */
export const replicate = (turn: Turn, lead: Leadership): void => {
  for (const peer of lead.peers.values()) feed(turn, lead, peer)
}

/** Sends one member what it lacks, as far as its window allows. */
export const feed = (turn: Turn, lead: Leadership, peer: Peer): void => {
  const { rules, state } = turn
  if (peer.mode === 'probe' && !peer.probing && peer.nextIndex <= state.log.lastIndex) sendAppend(turn, lead, peer, false)
  while (
    peer.mode === 'stream' &&
    peer.nextIndex <= state.log.lastIndex &&
    peer.flights.length < rules.flightsMax &&
    peer.flightChars < rules.flightCharsMax
  ) {
    sendAppend(turn, lead, peer, false)
  }
}

/** A heartbeat round: everybody hears the leader, whatever it lacks. Returns the number of the round. */
export const beginRound = (turn: Turn, lead: Leadership): number => {
  lead.round++
  lead.heartbeatAtMs = turn.nowMs + turn.rules.heartbeatMs
  for (const peer of lead.peers.values()) {
    // An unanswered probe or chunk may be lost: the heartbeat repeats it.
    peer.probing = false
    sendAppend(turn, lead, peer, true)
    if (peer.mode === 'snapshot') sendNextChunk(turn, lead, peer)
  }
  return lead.round
}

/** Tells `peer` the commit index now, with whatever entries it lacks. */
export const tellCommit = (turn: Turn, lead: Leadership, peer: Peer): void => {
  if (peer.toldCommit < turn.state.commitIndex) sendAppend(turn, lead, peer, false)
}

const sendAppend = (turn: Turn, lead: Leadership, peer: Peer, heartbeat: boolean): void => {
  const { rules, state } = turn
  const { log } = state
  if (peer.mode !== 'snapshot' && peer.nextIndex <= log.base.index) startSnapshot(turn, peer)
  const behind = peer.mode === 'snapshot'
  const previousIndex = behind ? log.base.index : peer.nextIndex - 1
  const previous = present(log.positionAt(previousIndex), 'the entry before the next one')
  const full = peer.flights.length >= rules.flightsMax || peer.flightChars >= rules.flightCharsMax
  const wants = !behind && !peer.probing && (peer.mode === 'probe' || !full) && peer.nextIndex <= log.lastIndex
  const entries = wants ? log.slice(peer.nextIndex, log.lastIndex, rules.appendEntriesMax, rules.appendCharsMax) : none
  if (entries.length > 0) launch(peer, entries)
  if (peer.mode === 'probe') peer.probing = true
  peer.toldCommit = state.commitIndex
  post(turn, peer.id, {
    kind: 'append',
    term: state.term,
    incarnation: state.incarnation,
    previous: { index: previous.index, term: previous.term, hash: previous.hash },
    entries,
    commitIndex: state.commitIndex,
    round: lead.round,
    ranks: heartbeat ? state.ranks : nothing,
    promises: heartbeat ? promisesOf(turn) : nothing,
    ...proof(turn, heartbeat),
  })
}

const launch = (peer: Peer, entries: readonly Entry[]): void => {
  if (peer.mode !== 'stream') return
  let chars = 0
  for (const entry of entries) chars += charsOf(entry)
  const lastIndex = peer.nextIndex + entries.length - 1
  peer.flights.push({ lastIndex, chars })
  peer.flightChars += chars
  peer.nextIndex = lastIndex + 1
}

const proof = ({ state }: Turn, heartbeat: boolean): Pick<Message, 'takeover'> => {
  if (!heartbeat || epochOf(state.term) === 0) return nothing
  const { takeover } = state.log.configuration
  return takeover === undefined ? nothing : { takeover }
}

/** Everybody's promises as known here, the leader's own included. */
const promisesOf = (turn: Turn): Record<PeerId, Remembered> => {
  const { state } = turn
  const promises: Record<PeerId, Remembered> = { [state.self]: shownBy(turn) }
  for (const voter of state.log.configuration.voters) {
    const known = state.known.get(voter)
    if (known !== undefined) promises[voter] = known
  }
  return promises
}

const none: readonly Entry[] = []
const nothing = {}
