import { z } from 'zod'
import { type OwnCommand, refuse } from '../command.ts'
import { expectRefusal, keyRefusal, readRecord, writeRecord } from '../record.ts'

const schema = z.strictObject({ kind: z.literal('delete'), key: z.string(), expect: z.int().min(0).optional() })

/** Deletes a record; what stays is a tombstone with the next version. */
export const deleteRecord: OwnCommand<'delete', z.infer<typeof schema>> = {
  kind: 'delete',
  signer: 'member',
  minClusterVersion: 1,
  schema,
  apply(scene, { key, expect }) {
    const refusedKey = keyRefusal(key, 'member')
    if (refusedKey) return refusedKey
    const before = readRecord(scene.state, key)
    const refused = expectRefusal(before, expect)
    if (refused) return refused
    if (!before || before.deleted) return refuse('not-found', 'There is no such record.')
    return { ok: true, version: writeRecord(scene, key, before, null) }
  },
}
