import type { Json } from '../../src/base/index.ts'
import type { Entry } from '../../src/consensus/types.ts'

/** Names of the batches that took effect in this entry: an author's number may do so once, whatever is proposed again. */
export const effectsOf = (entry: Entry, result: Json): string[] => {
  if (entry.payload.kind !== 'batch' || typeof result !== 'object' || result === null || Array.isArray(result)) return []
  if (result.duplicate === true || result.refused !== undefined) return []
  return [`${result.author}/${result.incarnation}/${result.seq}`]
}
