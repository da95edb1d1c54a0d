/*
 * Consensus: Raft (Ongaro and Ousterhout 2014; sections of Ongaro's thesis are named where a rule comes from it) as a pure core and its runner.
 *
 * The core. `step(rules, state, event) → { state, effects }` knows no clock, chance or I/O. Files by topic: election, vote, roles (timers, who
 * may stand); lead, replicate, acknowledge, commit (the leader's side); accept (the follower's); membership, transfer, reads; snapshot-send,
 * snapshot-receive; amnesia, takeover, wipe (what plain Raft has no answer to); checkpoint; save and gather (group commit). `receive` looks at
 * terms before anything else, `turn` is what all of them share, `log` holds the whole retained log in memory.
 *
 * Promises and the disk. What reveals a term, a vote or an entry leaves only after the commit that holds it: votes and their requests wait
 * in `saving.outbox`, acknowledgements name `saving.savedIndex`. One commit runs at a time; whatever arrives meanwhile is in the next one.
 *
 * The runner gives events to the core and carries out its effects through the ports Disk, Wire and Clock. The author is the client side: it
 * batches, sends again, and finds results. The codec is the wire form. Scores, ranks and seats decide who should lead and vote; they are
 * advice to the core, which is safe whatever they say.
 */
export { type Author, type AuthorOptions, type Batch, type BatchResult, createAuthor } from './author.ts'
export { decode, encode, messageBytesMax } from './codec.ts'
export type { Effect } from './effect.ts'
export {
  becauseElected,
  beginTenure,
  considerTransfer,
  type Elected,
  type Rival,
  type TransferDecision,
  type TransferMemory,
  type TransferView,
  transferRulesDefault,
} from './election-policy.ts'
export { type Candidate, rankVoters } from './election-ranks.ts'
export { chainHash, follows, hashZero, nextEntry, positionOf, positionZero } from './entry.ts'
export type { Event, Happening, Instant } from './event.ts'
export {
  nextConfiguration,
  replaceAfterMs,
  replaceEveryMs,
  type Seat,
  type Seating,
  type SeatingView,
  votersWanted,
} from './membership-policy.ts'
export type { Body, Envelope, Message } from './messages.ts'
export type { Disk, Loaded, Machine, Outcome, SnapshotOffer, Snapshots, StateReader, StateView, Wire, Work } from './ports.ts'
export { asideRank } from './roles.ts'
export { defaultRules, type Rules } from './rules.ts'
export { type Consensus, type ConsensusOptions, createConsensus, type Listeners } from './runner.ts'
export { type Score, type ScoreInput, type ScoreLoad, type SeenBy, scoreMember, scoreMembers } from './score.ts'
export { type ShownScore, showScore } from './score-shown.ts'
export { checkScoreWeights, type ScorePart, type ScoreWeights, scoreParts, scoreWeightsDefault } from './score-weights.ts'
export { initialState, type State } from './state.ts'
export { statusOf } from './status.ts'
export { step } from './step.ts'
export type {
  Applied,
  Ballot,
  Configuration,
  Entry,
  LogIndex,
  Payload,
  Position,
  Promised,
  Remembered,
  Role,
  Status,
  Takeover,
} from './types.ts'
export { wakeAtMs } from './wake.ts'
