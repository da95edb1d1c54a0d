import { asHash, canonical, type Hash, type Json, sha256 } from '../base/index.ts'
import type { StateView } from '../consensus/ports.ts'
import { auditRowsKept, refusalsAuditedPerHour } from './limits.ts'
import { read, readMeta, write, writeMeta } from './rows.ts'
import type { Row } from './spaces.ts'

const hourMs = 3_600_000
/** What the first audit row builds on. */
export const auditStart: Hash = asHash('0'.repeat(64))

export interface Act {
  /** A peer id, the name of a key ("master"), or "unproven". */
  readonly actor: string
  readonly act: string
  readonly detail: Json
}

/** Adds one row to the audit chain. Only authority-relevant acts: plain puts are in the log and need none. */
export const audit = (state: StateView, stampMs: number, { actor, act, detail }: Act): void => {
  const head = readMeta(state, 'audit') ?? { n: 0, first: 1, hash: auditStart }
  const fields = { n: head.n + 1, stampMs, actor, act, detail, previousHash: head.hash }
  const row = { ...fields, hash: auditHash(fields) }
  write(state, 'audit', auditKey(row.n), row)
  const first = Math.max(head.first, row.n - auditRowsKept + 1)
  for (let n = head.first; n < first; n++) state.delete('audit', auditKey(n))
  writeMeta(state, { kind: 'audit', n: row.n, first, hash: row.hash })
}

/** Notes what was refused and why; a flood from one actor is noted up to a limit per hour. */
export const auditRefusal = (state: StateView, stampMs: number, actor: string, detail: Json): void => {
  const key = `refusals/${actor}`
  const hour = Math.floor(stampMs / hourMs)
  const known = readMeta(state, 'refusals', key)
  const count = known?.hour === hour ? known.count : 0
  if (count >= refusalsAuditedPerHour) return
  writeMeta(state, { kind: 'refusals', hour, count: count + 1 }, key)
  audit(state, stampMs, { actor, act: 'refused', detail })
}

/** Hash of an audit row over everything but itself. */
export const auditHash = ({ n, stampMs, actor, act, detail, previousHash }: Omit<Row<'audit'>, 'hash'>): Hash =>
  sha256(canonical({ n, stampMs, actor, act, detail, previousHash }))

export const auditKey = (n: number): string => String(n).padStart(12, '0')

/** Why the kept part of the chain does not hold, or null. */
export const auditFlaw = (state: StateView | Parameters<typeof read>[0]): string | null => {
  const head = readMeta(state, 'audit')
  if (!head) return null
  let previous: string | undefined
  for (let n = head.first; n <= head.n; n++) {
    const row = read(state, 'audit', auditKey(n))
    if (row?.n !== n) return `audit row ${n} is missing`
    if (previous !== undefined ? row.previousHash !== previous : n === 1 && row.previousHash !== auditStart) {
      return `audit row ${n} does not follow the one before it`
    }
    if (auditHash(row) !== row.hash) return `audit row ${n} was altered`
    previous = row.hash
  }
  return previous === head.hash ? null : 'the audit chain does not end where it says'
}
