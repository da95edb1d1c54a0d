import { canonical, type Hash, sha256, type Term } from '../base/index.ts'
import type { Entry, LogIndex, Payload, Position } from './types.ts'

/** The hash before the first entry. */
export const hashZero = '0'.repeat(64) as Hash

/** Before everything. */
export const positionZero: Position = { index: 0, term: 0 as Term, hash: hashZero }

/**
 * Hash of an entry: sha256 over the hash before it, its header and its payload, one line each. A batch stands for itself (its body is
 * canonical already); every other payload is written as canonical JSON, which can never begin like a batch.
 */
export const chainHash = (previous: Hash, index: LogIndex, term: Term, stampMs: number, payload: Payload): Hash =>
  sha256(`${previous}\n${index}\n${term}\n${stampMs}\n${payload.kind === 'batch' ? `batch\n${payload.body}` : canonical(payload)}`)

/** The entry that follows `previous` in its history. */
export const nextEntry = (previous: Position, term: Term, stampMs: number, payload: Payload): Entry => {
  const index = previous.index + 1
  return { index, term, hash: chainHash(previous.hash, index, term, stampMs, payload), stampMs, payload }
}

/** True when `entry` continues the history that ends in (`hash`, `index`, `term`), and says of itself what it is. */
export const follows = (entry: Entry, hash: Hash, index: LogIndex, term: Term): boolean =>
  entry.index === index + 1 && entry.term >= term && entry.hash === chainHash(hash, entry.index, entry.term, entry.stampMs, entry.payload)

/** What an entry weighs in memory and on the wire, in chars: its body and about as much as its header takes. */
export const charsOf = (entry: Entry): number => (entry.payload.kind === 'batch' ? entry.payload.body.length + 180 : 1024)

export const positionOf = (entry: Entry): Position => ({ index: entry.index, term: entry.term, hash: entry.hash })
