import type { Hash, PeerId, Term } from '../base/index.ts'
import type { Configuration, LogIndex, Position, Promised, Remembered, Takeover } from './types.ts'

/*
 * Readers of single fields: each returns a value built afresh from what it checked, or throws a Misfit that names the field. Unknown fields are
 * left behind. Nothing here allocates more than a small multiple of what came in.
 */

/** Thrown by the readers and caught in `decode` only. */
export class Misfit extends Error {}

export type Raw = Record<string, unknown>

export const record = (value: unknown, what: string): Raw => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Misfit(what)
  return value as Raw
}

export const list = (value: unknown, max: number, what: string): readonly unknown[] => {
  if (!Array.isArray(value) || value.length > max) throw new Misfit(what)
  return value
}

/** Half a surrogate pair has no UTF-8 form: two texts that differ in one would have the same hash. */
export const text = (value: unknown, max: number, what: string): string => {
  if (typeof value !== 'string' || value.length > max || !value.isWellFormed()) throw new Misfit(what)
  return value
}

export const flag = (value: unknown, what: string): boolean => {
  if (typeof value !== 'boolean') throw new Misfit(what)
  return value
}

/** A whole number from 0 on: index, round, stamp, offset, rank. */
export const count = (value: unknown, what: string): number => {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new Misfit(what)
  return value as number
}

export const term = (value: unknown, what = 'term'): Term => {
  if (!Number.isSafeInteger(value) || (value as number) < 0 || (value as number) > termMax) throw new Misfit(what)
  return value as Term
}

export const hash = (value: unknown, what = 'hash'): Hash => {
  if (typeof value !== 'string' || !hashForm.test(value)) throw new Misfit(what)
  return value as Hash
}

export const peer = (value: unknown, what: string): PeerId => {
  if (typeof value !== 'string' || !peerForm.test(value)) throw new Misfit(what)
  return value as PeerId
}

export const position = (value: unknown, what: string): Position => {
  const raw = record(value, what)
  return { index: count(raw.index, what), term: term(raw.term, what), hash: hash(raw.hash, what) }
}

export const promised = (value: unknown, what = 'promised'): Promised => {
  const raw = record(value, what)
  return {
    incarnation: count(raw.incarnation, what),
    term: term(raw.term, what),
    voted: flag(raw.voted, what),
    lastTerm: term(raw.lastTerm, what),
    lastIndex: count(raw.lastIndex, what),
  }
}

export const remembered = (value: unknown, what = 'remembered'): Remembered => {
  const latest = promised(value, what)
  const { before } = record(value, what)
  return before === undefined ? latest : { ...latest, before: promised(before, what) }
}

/** A table by member; absent means empty. */
export const byPeer = <Value>(value: unknown, read: (value: unknown) => Value, what: string): Readonly<Record<PeerId, Value>> => {
  if (value === undefined) return nothing
  const entries = Object.entries(record(value, what))
  if (entries.length > membersMax) throw new Misfit(what)
  return Object.fromEntries(entries.map(([id, each]) => [peer(id, what), read(each)]))
}

export const members = (value: unknown, what: string): readonly PeerId[] => list(value, membersMax, what).map((id) => peer(id, what))

export const takeover = (value: unknown, what = 'takeover'): Takeover => {
  const raw = record(value, what)
  const named = record(raw.configuration, what)
  return {
    id: text(raw.id, 128, what),
    base: position(raw.base, what),
    configuration: { voters: members(named.voters, what), learners: members(named.learners, what) },
    body: text(raw.body, takeoverCharsMax, what),
  }
}

export const configuration = (value: unknown, what = 'configuration'): Configuration => {
  const raw = record(value, what)
  const plain = { voters: members(raw.voters, what), learners: members(raw.learners, what) }
  return raw.takeover === undefined ? plain : { ...plain, takeover: takeover(raw.takeover, what) }
}

export const indexOrNull = (value: unknown, what: string): LogIndex | null => (value === null ? null : count(value, what))

const hashForm = /^[0-9a-f]{64}$/
/** Base58 of a peer id; short names of tests and demos as well, but nothing that means something to an object. */
const peerForm = /^[A-Za-z0-9][A-Za-z0-9.-]{0,127}$/
const termMax = 2 ** 52
const membersMax = 64
const takeoverCharsMax = 64 * 1024
const nothing = {}
