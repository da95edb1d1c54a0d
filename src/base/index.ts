export { type BucketRow, BucketTree, bucketOf, type HashedRow, rootOfRows } from './bucket-tree.ts'
export { build } from './build.ts'
export { canonical, type Json } from './canonical.ts'
export { type Clock, type Random, systemClock } from './clock.ts'
export { Fault, isFault } from './fault.ts'
export { sha256 } from './hash.ts'
export {
  asClusterId,
  asHash,
  asPeerId,
  type ClusterId,
  epochOf,
  type Hash,
  nextTerm,
  numberOf,
  type PeerId,
  showTerm,
  type Term,
  termOf,
  termZero,
} from './ids.ts'
export { type Log, type LogFields, type LogLevel, type LogOptions, logLevels, openLog, silentLog } from './log.ts'
export { nearest } from './nearest.ts'
export { Secret } from './secret.ts'
