import type { Json } from '../../src/base/index.ts'
import type { StateReader } from '../../src/consensus/ports.ts'
import { putCommand, record, records } from '../../src/ledger/index.ts'
import type { Reply, Request, Row } from '../support/history.ts'

/** A write as the ledger takes it. */
export const commandOf = (request: Extract<Request, { kind: 'put' | 'cas' }>): Json =>
  request.kind === 'put' ? putCommand(request.key, request.value) : putCommand(request.key, request.value, request.expect)

/** The ledger's result of a write in the words of a history; null when it says nothing about what happened. */
export const replyOf = (result: Json | undefined): Reply | null => {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) return null
  if (result.ok === true && typeof result.version === 'number') return { kind: 'written', version: result.version }
  return result.code === 'conflict' ? { kind: 'conflict' } : null
}

/** What a read sees in the applied state. */
export const look = (state: StateReader, request: Extract<Request, { kind: 'get' | 'list' }>): Reply => {
  if (request.kind === 'list') return { kind: 'listed', rows: records(state, request.prefix, undefined, 1_000).map(rowOf) }
  const found = record(state, request.key)
  return { kind: 'found', row: found === undefined ? null : rowOf(found) }
}

const rowOf = ({ key, version, value }: { key: string; version: number; value: Json }): Row => ({ key, version, value: String(value) })
