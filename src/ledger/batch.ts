import { z } from 'zod'
import { asPeerId, type ClusterId, Fault, isFault, type Json, type PeerId } from '../base/index.ts'
import { prove, type Signatures, type Signer, sign } from '../keys/index.ts'
import { batchBytesMax, batchCommandsMax } from './limits.ts'

const schema = z.strictObject({
  kind: z.literal('batch'),
  cluster: z.string(),
  author: z.string(),
  incarnation: z.int().min(1),
  seq: z.int().min(1),
  ackedBelow: z.int().min(1),
  commands: z.array(z.unknown()).min(1).max(batchCommandsMax),
})

/** What one author wants done, in one signature. `ackedBelow`: it has the answers to all batches with a lower sequence number. */
export interface Batch {
  readonly author: PeerId
  readonly incarnation: number
  readonly seq: number
  readonly ackedBelow: number
  readonly commands: readonly unknown[]
}

/** Signs a batch with the author's node key; the text is the `body` of a batch entry. */
export const sealBatch = (
  signer: Signer,
  cluster: ClusterId,
  batch: Omit<Batch, 'commands'> & { readonly commands: readonly Json[] },
): string => sign(signer, 'batch', cluster, { ...batch })

/** Opens batches of one cluster. */
export interface BatchReader {
  /** Opens a batch and remembers it until it is taken, so that what a leader checked before it proposed is not verified again at apply. */
  check(body: string): Batch | Fault
  /** Opens a batch for good. */
  take(body: string): Batch | Fault
}

/** Checked batches that wait to be applied; beyond this the oldest are simply opened again. */
const keptCharsMax = 4 * 1024 * 1024

export const createBatchReader = (cluster: ClusterId, signatures: Signatures): BatchReader => {
  const kept = new Map<string, Batch | Fault>()
  let keptChars = 0
  const forget = (body: string) => {
    if (kept.delete(body)) keptChars -= body.length
  }
  return {
    check(body) {
      const known = kept.get(body)
      if (known) return known
      const made = openBatch(body, cluster, signatures)
      if (body.length > batchBytesMax) return made
      kept.set(body, made)
      keptChars += body.length
      for (const oldest of kept.keys()) {
        if (keptChars <= keptCharsMax) break
        forget(oldest)
      }
      return made
    },
    take(body) {
      const known = kept.get(body)
      forget(body)
      return known ?? openBatch(body, cluster, signatures)
    },
  }
}

const openBatch = (body: string, cluster: ClusterId, signatures: Signatures): Batch | Fault => {
  try {
    const { by, bodyText } = prove(body, batchBytesMax, signatures)
    // Not compared with its canonical form, unlike rarer signed texts: that would cost more than the signature, and the bytes are the author's.
    const raw = schema.safeParse(JSON.parse(bodyText))
    if (!raw.success) return new Fault('bad-command', 'The fields of this batch are not right.')
    const author = asPeerId(raw.data.author)
    if (raw.data.cluster !== cluster) return new Fault('other-cluster', 'This batch belongs to another cluster.')
    if (signatures.keyOf(author) !== by) return new Fault('bad-signature', 'This batch is not signed by its author.')
    const { incarnation, seq, ackedBelow, commands } = raw.data
    if (ackedBelow > seq) return new Fault('bad-command', 'A batch cannot be acknowledged before it was answered.')
    return { author, incarnation, seq, ackedBelow, commands }
  } catch (error) {
    if (isFault(error)) return error
    if (error instanceof SyntaxError) return new Fault('bad-command', 'This batch cannot be read as JSON.')
    throw error
  }
}
