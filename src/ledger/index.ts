export { type Batch, sealBatch } from './batch.ts'
export type { CommandResult, RefusalCode, SignerKind } from './command.ts'
export type { Announcement } from './commands/announce.ts'
export * from './documents.ts'
export { defaultWeights, type Election, electionKey, electionOf } from './election.ts'
export { batchBytesMax, batchCommandsMax, membersMax, resultsKept, valueBytesMax } from './limits.ts'
export { createMachine, type Ledger, type LedgerOptions } from './machine.ts'
export {
  auditTail,
  clusterVersion,
  configurationStampMs,
  type LedgerRecord,
  leaderOfTerm,
  type Member,
  member,
  members,
  recall,
  record,
  records,
  ticketState,
} from './queries.ts'
export { commandFault, isKey, protectedPrefix } from './record.ts'
export { signerOfCommand } from './registry.ts'
export type { BatchResult } from './session.ts'
export { type Row, type Space, spaceNames } from './spaces.ts'
export { makeTakeover, openTakeover, takeoverFault } from './takeover.ts'
