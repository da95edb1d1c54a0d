import type { Fault, Hash, PeerId, Term } from '../base/index.ts'
import { Log } from './log.ts'
import type { Message } from './messages.ts'
import type { Loaded, SnapshotOffer, Work } from './ports.ts'
import type { LogIndex, Position, Promised, Remembered } from './types.ts'

/** What a leader knows of one other member. */
export interface Peer {
  readonly id: PeerId
  /** Saved there and equal to our log up to here. */
  matchIndex: LogIndex
  /** First entry of the next message. */
  nextIndex: LogIndex
  /** probe: one message at a time until a place fits; stream: messages follow each other unanswered; snapshot: behind our base. */
  mode: 'probe' | 'stream' | 'snapshot'
  /** A probe is on its way; the next one waits for its answer or the next heartbeat. */
  probing: boolean
  /** Last index and weight of every streamed message without an answer, oldest first. */
  flights: { lastIndex: LogIndex; chars: number }[]
  flightChars: number
  /** Its answers count in majorities: a voter's memory is proved. */
  counts: boolean
  heardMs: number
  /** Like heardMs, for answers that count. */
  countedMs: number
  /** Newest heartbeat round that it answered and that counts. */
  round: number
  /** Commit index in the last message to it. */
  toldCommit: LogIndex
  /** Indexes of entries it proposed: it is told at once when they commit. */
  forwarded: LogIndex[]
  offer: SnapshotOffer | null
  /** A `take-snapshot` is under way. */
  taking: boolean
  chunkSentMs: number
  offset: number
}

export interface Leadership {
  readonly peers: Map<PeerId, Peer>
  /** The entry that opened this term; nothing is read or reconfigured before it is committed. */
  readonly noopIndex: LogIndex
  round: number
  heartbeatAtMs: number
  tickedMs: number
  readonly waitingReads: { id: number; from: PeerId | null }[]
  runningReads: { round: number; index: LogIndex; reads: { id: number; from: PeerId | null }[] } | null
  transfer: { to: PeerId; untilMs: number; told: boolean } | null
  /** The newest configuration (or take-over) while it is not committed; `id` of the request where it was asked for here. */
  reconfiguring: { id: number | null; index: LogIndex } | null
  /** The newest mark appended here, and when. */
  markedIndex: LogIndex
  markedMs: number
  /** When a weight-0 leader may try again to hand over. */
  handOverAtMs: number
}

/** One commit on its way to the disk. */
export interface InFlight {
  readonly work: Work
  readonly sinceMs: number
  readonly ballotVersion: number
  readonly term: Term
  /** Disk's log will end here. */
  readonly lastIndex: LogIndex
  /** Highest index of it that still equals the log in memory. */
  validTo: LogIndex
  readonly install: SnapshotOffer | null
  readonly wipe: boolean
  readonly promises: boolean
}

export interface Saving {
  /** Raised with every change of term or vote; `ballotSaved` is the version on disk. */
  ballotVersion: number
  ballotSaved: number
  /** The term on disk. */
  termSaved: Term
  /** Disk and memory agree up to here. */
  savedIndex: LogIndex
  /** Where the disk's log ends; above `savedIndex` when its end is to be truncated. */
  diskIndex: LogIndex
  inFlight: InFlight | null
  /** Saving or applying waited for the other in the last commit, and is next. */
  passedOver: boolean
  /** Messages that reveal a term or vote which is not on disk yet. */
  outbox: { to: PeerId; message: Message }[]
  /** The last commit failed or took too long: lead and stand again only after a success. */
  suspect: boolean
  retryAtMs: number
  promisesDirty: boolean
  promisesDirtyMs: number
  promisesSavedMs: number
  install: SnapshotOffer | null
  wipe: { readonly base: Position; readonly takeoverId: string } | null
}

export interface Election {
  /** When this node stands (or stands again) if nothing resets it. */
  deadlineMs: number
  /** Who granted in the current round. */
  granted: Set<PeerId>
  /** The candidacy was ordered by the leader. */
  transfer: boolean
  /** The leader whose process died. */
  lost: PeerId | null
  /** Pre-votes refused for a live leader; granted when that leader is reported lost a moment later. */
  deferred: { from: PeerId; term: Term; index: LogIndex; lastTerm: Term; atMs: number }[]
}

export interface Following {
  /** Equal to the current leader's log up to here. */
  matched: LogIndex
  /** An answer is due once everything is saved. */
  ackOwed: boolean
  /** Newest heartbeat round of the current leader that reached this node. */
  roundHeard: number
  /** It was said that the leader's clock is too far ahead. */
  clockNoted: boolean
  receiving: SnapshotOffer | null
  refuseSnapshotsUntilMs: number
}

export interface Admission {
  /** This node may vote, stand and be counted. */
  admitted: boolean
  /** Voters that answered our hello. */
  readonly answered: Set<PeerId>
  /** The live leader that each answer named, and when. */
  readonly named: Map<PeerId, { readonly leader: PeerId | null; readonly atMs: number }>
  helloAtMs: number
  /** What the disk showed when it was opened. */
  readonly shownAtStart: Promised
}

/** The whole of one member. Moved into `step` and out of it; nobody else may keep hold of it. */
export interface State {
  readonly self: PeerId
  readonly incarnation: number
  role: 'follower' | 'pre-candidate' | 'candidate' | 'leader' | 'halted'
  haltedBecause: string | null
  term: Term
  votedFor: PeerId | null
  leader: PeerId | null
  leaderHeardMs: number
  readonly log: Log
  commitIndex: LogIndex
  appliedIndex: LogIndex
  ranks: Readonly<Record<PeerId, number>>
  readonly election: Election
  readonly following: Following
  readonly admission: Admission
  lead: Leadership | null
  readonly saving: Saving
  /** What each other member was seen to promise. */
  readonly known: Map<PeerId, Remembered>
  /** Own state roots right after recent marks. */
  readonly roots: Map<LogIndex, Hash>
  /** Something waits for the next flush. */
  flushDue: boolean
}

/** A member as its disk shows it, before its `start` event. */
export const initialState = (self: PeerId, loaded: Loaded): State => {
  const log = new Log(loaded)
  const { ballot, incarnation } = loaded
  const shown = { incarnation, term: ballot.term, voted: ballot.votedFor !== null, lastTerm: log.last.term, lastIndex: log.lastIndex }
  return {
    self,
    incarnation,
    role: loaded.haltedBecause === null ? 'follower' : 'halted',
    haltedBecause: loaded.haltedBecause,
    term: ballot.term,
    votedFor: ballot.votedFor,
    leader: null,
    leaderHeardMs: Number.NEGATIVE_INFINITY,
    log,
    commitIndex: loaded.appliedIndex,
    appliedIndex: loaded.appliedIndex,
    ranks: {},
    election: { deadlineMs: Number.POSITIVE_INFINITY, granted: new Set(), transfer: false, lost: null, deferred: [] },
    following: {
      matched: 0,
      ackOwed: false,
      roundHeard: 0,
      clockNoted: false,
      receiving: null,
      refuseSnapshotsUntilMs: Number.NEGATIVE_INFINITY,
    },
    admission: { admitted: false, answered: new Set(), named: new Map(), helloAtMs: Number.POSITIVE_INFINITY, shownAtStart: shown },
    lead: null,
    saving: {
      ballotVersion: 0,
      ballotSaved: 0,
      termSaved: ballot.term,
      savedIndex: log.lastIndex,
      diskIndex: log.lastIndex,
      inFlight: null,
      passedOver: false,
      outbox: [],
      suspect: false,
      retryAtMs: Number.NEGATIVE_INFINITY,
      promisesDirty: false,
      promisesDirtyMs: 0,
      promisesSavedMs: Number.NEGATIVE_INFINITY,
      install: null,
      wipe: null,
    },
    known: new Map(Object.entries(loaded.promises) as [PeerId, Remembered][]),
    roots: new Map(),
    flushDue: false,
  }
}

/** Result of a leader's act that could not be done. */
export type Refusal = Fault<'no-leader' | 'busy' | 'conflict' | 'bad-request' | 'timeout'>
