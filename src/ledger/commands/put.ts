import { z } from 'zod'
import type { OwnCommand } from '../command.ts'
import { expectRefusal, keyRefusal, readRecord, valueRoomRefusal, valueText, writeRecord } from '../record.ts'

const schema = z.strictObject({ kind: z.literal('put'), key: z.string(), value: z.unknown(), expect: z.int().min(0).optional() })

/** Writes a record: compare-and-set where `expect` is given. Answers `{ ok, version }`, or `conflict` with the version there is. */
export const put: OwnCommand<'put', z.infer<typeof schema>> = {
  kind: 'put',
  signer: 'member',
  minClusterVersion: 1,
  schema,
  apply(scene, { key, value, expect }) {
    const refusedKey = keyRefusal(key, 'member')
    if (refusedKey) return refusedKey
    const text = valueText(value)
    if (typeof text !== 'string') return text
    const before = readRecord(scene.state, key)
    const refused = expectRefusal(before, expect) ?? valueRoomRefusal(scene, key, before, text)
    return refused ?? { ok: true, version: writeRecord(scene, key, before, text) }
  },
}
