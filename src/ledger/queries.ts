import { asPeerId, type Json, type PeerId, type Term } from '../base/index.ts'
import type { StateReader } from '../consensus/ports.ts'
import { auditKey } from './audit.ts'
import { everyRow, read, readAll, readMeta } from './rows.ts'
import type { Row } from './spaces.ts'

/** A member as the committed state knows it. */
export type Member = Row<'members'> & { readonly peer: PeerId }

/** A record that exists. `stampMs` is the leader's stamp of the entry that wrote it. */
export interface LedgerRecord {
  readonly key: string
  readonly value: Json
  readonly version: number
  readonly author: PeerId
  readonly stampMs: number
  readonly index: number
}

/** All members, in order of their peer ids. */
export const members = (state: StateReader): Member[] =>
  // Rows of this space, written by apply or checked by schema.
  [...everyRow(state, 'members')].map(({ key, value }) => ({ ...(JSON.parse(value) as Row<'members'>), peer: asPeerId(key) }))

export const member = (state: StateReader, peer: PeerId): Member | undefined => {
  const row = read(state, 'members', peer)
  return row && { ...row, peer }
}

/** The record at `key`; undefined where there is none or it was deleted. */
export const record = (state: StateReader, key: string): LedgerRecord | undefined => {
  const row = read(state, 'kv', key)
  return row && recordFrom(key, row)
}

/** Existing records whose key starts with `prefix`, after `after` (exclusive), in key order. */
export const records = (state: StateReader, prefix = '', after?: string, limit = 100): LedgerRecord[] => {
  const found: LedgerRecord[] = []
  let from = after
  // Tombstones are passed over, so one page of rows may not fill one page of records.
  for (;;) {
    const page = readAll(state, 'kv', { prefix, limit, ...(from === undefined ? {} : { after: from }) })
    for (const { key, row } of page) {
      const one = recordFrom(key, row)
      if (one) found.push(one)
      if (found.length === limit) return found
    }
    from = page.at(-1)?.key
    if (page.length < limit) return found
  }
}

/** The newest rows of the audit chain, oldest first. */
export const auditTail = (state: StateReader, limit = 100): Row<'audit'>[] => {
  const head = readMeta(state, 'audit')
  if (!head) return []
  const first = Math.max(head.first, head.n - limit + 1)
  return readAll(state, 'audit', { after: auditKey(first - 1), limit }).map(({ row }) => row)
}

/** What every member knows how to do; new kinds of commands wait for it. */
export const clusterVersion = (state: StateReader): number => readMeta(state, 'version')?.version ?? 1

/** The last leader that committed something: who, in which term, since which stamp. */
export const leaderOfTerm = (
  state: StateReader,
): { readonly leader: PeerId; readonly term: Term; readonly stampMs: number; readonly index: number } | undefined => {
  const row = readMeta(state, 'leader')
  // The term comes from an entry, which is where terms come from.
  return row && { leader: asPeerId(row.leader), term: row.term as Term, stampMs: row.stampMs, index: row.index }
}

/** Stamp of the last committed change of who votes; null before the first. */
export const configurationStampMs = (state: StateReader): number | null => readMeta(state, 'configuration')?.stampMs ?? null

/** Whether a ticket is open, used or revoked; undefined once it expired or where none was issued. */
export const ticketState = (state: StateReader, ticket: string): Row<'tickets'> | undefined => read(state, 'tickets', ticket)

/** What the batch of (author, incarnation, seq) answered, while it is kept. */
export const recall = (state: StateReader, author: PeerId, incarnation: number, seq: number): Row<'results'> | undefined => {
  const row = read(state, 'results', `${author}/${seq}`)
  return row?.incarnation === incarnation ? row : undefined
}

const recordFrom = (key: string, row: Row<'kv'>): LedgerRecord | undefined =>
  row.deleted
    ? undefined
    : {
        key,
        value: row.value ?? null,
        version: row.version,
        author: asPeerId(row.author),
        stampMs: row.stampMs,
        index: row.index,
      }
