/** A batch's signed text: what consensus takes at most (256 Ki characters), whatever characters they are. */
export const batchBytesMax = 768 * 1024
export const batchCommandsMax = 512
/** Results kept per author: also how many batches one author may have in flight. */
export const resultsKept = 256
/** Canonical JSON of one command; a protected value with its signature is the largest. */
export const commandBytesMax = 160 * 1024
/** Canonical JSON of one value. */
export const valueBytesMax = 64 * 1024
/** Records of a cluster, deleted ones included: their numbers are never used twice. */
export const recordsMax = 1_000_000
/** Length of the rows of all records together. */
export const recordCharsMax = 1024 ** 3
export const membersMax = 256
export const ticketsMax = 1024
/** A ticket may be valid for at most 30 days. */
export const ticketLifetimeMsMax = 30 * 24 * 3_600_000
/** Older audit rows are dropped at apply; the chain's hash goes on. */
export const auditRowsKept = 10_000
/** So that one hostile member cannot push the rest out of the audit: refusals written per author and hour of stamps. */
export const refusalsAuditedPerHour = 60
