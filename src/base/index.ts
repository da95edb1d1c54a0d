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
export { Secret } from './secret.ts'
