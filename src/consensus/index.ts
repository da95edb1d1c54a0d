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
export { allSafeguards, defaultRules, type Rules, type Safeguards } from './rules.ts'
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
