import { z } from 'zod'
import { type ClusterId, canonical, Fault, isFault } from '../base/index.ts'
import type { Payload, Takeover } from '../consensus/types.ts'
import { type Genesis, grammar, open, type Signatures, type Signer, sign } from '../keys/index.ts'

const bytesMax = 64 * 1024
const schema = z.strictObject({
  kind: z.literal('takeover'),
  cluster: grammar.clusterId,
  id: z.string().min(1).max(64),
  base: z.strictObject({ index: z.int().min(0), term: z.int().min(0), hash: z.string().max(64) }),
  configuration: z.strictObject({
    voters: z.array(grammar.peerId).min(1).max(7),
    learners: z.array(grammar.peerId).max(256),
  }),
})

/** The master key names new voters and the last entry they build on: the payload of a take-over entry. */
export const makeTakeover = (
  cluster: ClusterId,
  fields: Omit<Takeover, 'body'>,
  master: Signer,
): Extract<Payload, { kind: 'takeover' }> => {
  const { id, base, configuration } = fields
  return { kind: 'takeover', id, base, configuration, body: sign(master, 'takeover', cluster, { id, base, configuration }) }
}

/** Whether the master key of this cluster signed exactly this take-over; the Fault says why not. Consensus asks before it obeys. */
export const takeoverFault = ({ id, base, configuration, body }: Takeover, genesis: Genesis, signatures: Signatures): Fault | null => {
  const opened = openTakeover(body, genesis, signatures)
  if (opened instanceof Fault) return opened
  const signed = canonical({ id: opened.id, base: opened.base, configuration: opened.configuration })
  if (signed === canonical({ id, base, configuration })) return null
  return new Fault('forbidden', 'This take-over is not the one that the master key signed.')
}

/** A signed take-over by itself, or why it is none. */
export const openTakeover = (body: string, genesis: Genesis, signatures: Signatures): z.infer<typeof schema> | Fault => {
  try {
    const opened = open(body, { kind: 'takeover', cluster: genesis.clusterId, bytesMax, schema }, signatures)
    return opened.by === genesis.masterPublic ? opened.body : new Fault('forbidden', 'This take-over is not signed by the master key.')
  } catch (error) {
    if (isFault(error)) return error
    throw error
  }
}
