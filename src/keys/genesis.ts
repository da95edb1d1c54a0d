import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { asClusterId, asPeerId, type ClusterId, Fault, isFault, sha256 } from '../base/index.ts'
import { addresses, instant, name, peerId, publicKey, salt, tlsFingerprint } from './grammar.ts'
import type { Signatures, Signer } from './signatures.ts'
import { open, sign } from './signed.ts'

const genesisBytesMax = 64 * 1024
const clusterIdLength = 32

const hundredths = z.number().min(0).max(1).multipleOf(0.01)

/** How much each part of a score counts in the election: hundredths, together 1, so that what is shown adds up. */
export const weightsSchema = z
  .strictObject({ stability: hundredths, network: hundredths, headroom: hundredths, capacity: hundredths, preference: hundredths })
  .refine((weights) => Math.round(Object.values(weights).reduce((sum, weight) => sum + weight * 100, 0)) === 100)
export type Weights = Readonly<z.infer<typeof weightsSchema>>

const genesisSchema = z.strictObject({
  kind: z.literal('genesis'),
  name,
  createdMs: instant,
  nonce: z.string().regex(/^[0-9a-f]{32}$/),
  masterPublic: publicKey,
  /** X25519: backups are sealed to it. Clusters of throw-away keys have none. */
  masterSealing: publicKey.optional(),
  adminPublic: publicKey,
  operators: z
    .array(z.strictObject({ name, publicKey, sealingKey: publicKey.optional(), salt: salt.optional() }))
    .min(1)
    .max(16),
  founder: z.strictObject({ peer: peerId, name, sealingKey: publicKey, tlsFingerprint, addresses }),
  weights: weightsSchema.optional(),
})

/** What founded a cluster: its keys and its first member. `text` is the signed original, `clusterId` names it for ever. */
export type Genesis = Readonly<z.infer<typeof genesisSchema>> & { readonly clusterId: ClusterId; readonly text: string }
/** `nonce` (32 hex digits) is random unless given; only a simulation gives it. */
export type GenesisFields = Omit<z.infer<typeof genesisSchema>, 'kind' | 'nonce'> & { readonly nonce?: string }

/** Founds a cluster: the genesis text, signed by the master key. */
export const makeGenesis = (fields: GenesisFields, master: Signer): string =>
  sign(master, 'genesis', null, { nonce: randomBytes(16).toString('hex'), ...fields })

/** Checks a genesis text from the network or the disk; Fault `bad-genesis` says what is wrong. */
export const readGenesis = (text: string, signatures: Signatures): Genesis => {
  const { by, body } = opened(text, signatures)
  const { founder, operators } = body
  if (by !== body.masterPublic) throw badGenesis('it is not signed by its own master key')
  if (signatures.keyOf(asPeerId(founder.peer)) === undefined) throw badGenesis('its founder is not a node')
  if (new Set(operators.map((operator) => operator.publicKey)).size !== operators.length) throw badGenesis('two operators share one key')
  return { ...body, clusterId: clusterIdOf(text), text }
}

/** The cluster id of a genesis text. */
export const clusterIdOf = (text: string): ClusterId => asClusterId(sha256(text).slice(0, clusterIdLength))

const badGenesis = (what: string, cause?: unknown) =>
  new Fault('bad-genesis', `This genesis cannot be trusted: ${what}.`, { hint: 'Fetch it again from a member of the cluster.', cause })

const opened = (text: string, signatures: Signatures) => {
  try {
    return open(text, { kind: 'genesis', cluster: null, bytesMax: genesisBytesMax, schema: genesisSchema }, signatures)
  } catch (error) {
    if (!isFault(error)) throw error
    throw badGenesis(error.message.replace(/\.$/, ''), error)
  }
}
