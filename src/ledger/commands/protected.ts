import { z } from 'zod'
import { grammar } from '../../keys/index.ts'
import { type CarriedCommand, type CommandResult, refuse } from '../command.ts'
import { protectedValueRefusal } from '../election.ts'
import { valueBytesMax } from '../limits.ts'
import { keyRefusal, readRecord, valueText, writeRecord } from '../record.ts'
import type { Row } from '../spaces.ts'

// `version` is the one this write makes. Versions are never used twice, so an old admin signature can never be played again.
const fields = { cluster: grammar.clusterId, key: z.string(), version: z.int().min(1) }
const putSchema = z.strictObject({ kind: z.literal('protected-put'), value: z.unknown(), ...fields })
const deleteSchema = z.strictObject({ kind: z.literal('protected-delete'), ...fields })
const bytesMax = valueBytesMax + 4 * 1024

export type ProtectedPut = z.infer<typeof putSchema>
export type ProtectedDelete = z.infer<typeof deleteSchema>

/** Writes a protected record; the admin's signed original stays in the row. */
export const protectedPut: CarriedCommand<'protected-put', ProtectedPut> = {
  kind: 'protected-put',
  document: 'protected-put',
  signer: 'admin',
  minClusterVersion: 1,
  bytesMax,
  schema: putSchema,
  apply(scene, { key, value, version }, { signed, actor }) {
    const before = readRecord(scene.state, key)
    const refused = keyRefusal(key, 'admin') ?? versionRefusal(before, version) ?? protectedValueRefusal(key, value)
    if (refused) return refused
    const text = valueText(value)
    if (typeof text !== 'string') return text
    writeRecord(scene, key, before, text, signed)
    scene.audit('protected-put', { key, version }, actor)
    return { ok: true, version }
  },
}

/** Deletes a protected record; its tombstone keeps the admin's signed original. */
export const protectedDelete: CarriedCommand<'protected-delete', ProtectedDelete> = {
  kind: 'protected-delete',
  document: 'protected-delete',
  signer: 'admin',
  minClusterVersion: 1,
  bytesMax,
  schema: deleteSchema,
  apply(scene, { key, version }, { signed, actor }) {
    const before = readRecord(scene.state, key)
    const refused = keyRefusal(key, 'admin') ?? versionRefusal(before, version)
    if (refused) return refused
    if (!before || before.deleted) return refuse('not-found', 'There is no such record.')
    writeRecord(scene, key, before, null, signed)
    scene.audit('protected-delete', { key, version }, actor)
    return { ok: true, version }
  },
}

const versionRefusal = (before: Row<'kv'> | undefined, version: number): CommandResult | null => {
  const now = before?.version ?? 0
  return version === now + 1
    ? null
    : refuse('conflict', `The record has version ${now}, so the next is ${now + 1}, not ${version}.`, { version: now })
}
