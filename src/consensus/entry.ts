import { canonical, epochOf, type Hash, sha256, type Term, termOf } from '../base/index.ts'
import type { Entry, LogIndex, Payload, Position, Takeover } from './types.ts'

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

/** Where an entry may be added: the end of a history, and its time. */
export type End = Position & { readonly stampMs: number }

/**
 * True when `entry` continues the history that ends in `end`, and says of itself what it is. Its stamp never goes back: what has expired stays
 * so. A take-over fits nowhere but behind the entry that the master named, so an old one cannot be played again.
 */
export const follows = (entry: Entry, { hash, index, term, stampMs }: End): boolean =>
  entry.index === index + 1 &&
  entry.term >= term &&
  (entry.stampMs > stampMs || entry.stampMs === stampMsMax) &&
  entry.stampMs <= stampMsMax &&
  entry.hash === chainHash(hash, entry.index, entry.term, entry.stampMs, entry.payload) &&
  (entry.payload.kind !== 'takeover' || begins(entry.payload, { hash, index, term }, entry.term))

/** The end of the year 9999: stamps stop there, so that no leader can drive them to where numbers end. */
const stampMsMax = 253_402_300_799_999

/** The stamp of the next entry: later than the last one, and not before `wallMs`. */
export const nextStampMs = (lastMs: number, wallMs: number): number => Math.min(Math.max(lastMs + 1, Math.floor(wallMs)), stampMsMax)

const begins = ({ base }: Takeover, { hash, index, term }: Position, opened: Term): boolean =>
  base.hash === hash && base.index === index && base.term === term && opened === termOf(epochOf(term) + 1, 0)

/** What an entry weighs in memory and on the wire, in chars: its body and about as much as its header takes. */
export const charsOf = (entry: Entry): number => (entry.payload.kind === 'batch' ? entry.payload.body.length + 180 : 1024)

export const positionOf = (entry: Entry): Position => ({ index: entry.index, term: entry.term, hash: entry.hash })
