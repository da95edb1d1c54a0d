declare const brand: unique symbol
type Branded<Base, Name extends string> = Base & { readonly [brand]: Name }

/** A libp2p peer id in base58 text; for an Ed25519 node key it contains the public key itself. */
export type PeerId = Branded<string, 'PeerId'>

/** First 32 hex digits of sha256 over the genesis bytes: names one cluster for ever. */
export type ClusterId = Branded<string, 'ClusterId'>

/** Lower-case hex sha256, 64 digits. */
export type Hash = Branded<string, 'Hash'>

/**
 * (cluster epoch, Raft term) in one number: epoch × 2^32 + term. Comparing two numbers compares epoch first, then term, so the
 * protocol needs no second comparison. The epoch is raised only by a take-over or a restore.
 */
export type Term = Branded<number, 'Term'>

const termsPerEpoch = 2 ** 32

/** The combined term; `epoch` below 2^20, `number` below 2^32. */
export const termOf = (epoch: number, number: number): Term => (epoch * termsPerEpoch + number) as Term
export const epochOf = (term: Term): number => Math.floor(term / termsPerEpoch)
export const numberOf = (term: Term): number => term % termsPerEpoch
export const nextTerm = (term: Term): Term => (term + 1) as Term
/** How people read it: "17" in the first epoch, "2.17" after one take-over. */
export const showTerm = (term: Term): string => (epochOf(term) === 0 ? `${numberOf(term)}` : `${epochOf(term)}.${numberOf(term)}`)
export const termZero = 0 as Term

/** For values already checked at the edge (schema) or made by us. */
export const asPeerId = (text: string): PeerId => text as PeerId
export const asClusterId = (text: string): ClusterId => text as ClusterId
export const asHash = (text: string): Hash => text as Hash
