import { z } from 'zod'
import { Fault, Secret } from '../base/index.ts'
import { adminFileSchema, freshAdmin, wrapAdmin } from './admin-key.ts'
import { clusterIdOf, makeGenesis } from './genesis.ts'
import { addresses, instant, name, peerId, publicKey, tlsFingerprint } from './grammar.ts'
import { masterFromWords, masterKeys } from './master.ts'
import { freshSalt, operatorKeys, operatorPublic, operatorPublicSchema } from './operator.ts'

/** Work with secrets that a short-lived process does for the node: what goes in, as JSON on its standard input. */
export const keyRequestSchema = z.discriminatedUnion('work', [
  z.strictObject({ work: z.literal('operator'), passphrase: z.string().min(1).max(1024) }),
  z.strictObject({
    work: z.literal('found'),
    words: z.string().max(512),
    cluster: name,
    createdMs: instant,
    operator: operatorPublicSchema.extend({ name }),
    founder: z.strictObject({ peer: peerId, name, sealingKey: publicKey, tlsFingerprint, addresses }),
  }),
])
export type KeyRequest = z.infer<typeof keyRequestSchema>
export type OperatorRequest = Extract<KeyRequest, { work: 'operator' }>
export type FoundRequest = Extract<KeyRequest, { work: 'found' }>

/** What comes out of each work: nothing in it is secret without the passphrase. */
export const operatorAnswerSchema = operatorPublicSchema
export const foundAnswerSchema = z.strictObject({ genesis: z.string().max(64 * 1024), adminKey: adminFileSchema })
export type FoundAnswer = Readonly<z.infer<typeof foundAnswerSchema>>

/** Does the work and forgets what it needed for it. Blocks: for the short-lived process only. */
export const doKeyWork = (request: unknown): object => {
  const checked = keyRequestSchema.safeParse(request)
  // Neither the request nor the complaint about it may be shown: there are secrets in both.
  if (!checked.success) throw new Fault('bad-request', 'This is no work for the key process.')
  return checked.data.work === 'operator' ? operatorWork(checked.data) : foundWork(checked.data)
}

const operatorWork = ({ passphrase }: OperatorRequest): object => {
  const salt = freshSalt()
  return operatorPublic(operatorKeys(new Secret(passphrase), salt), salt)
}

const foundWork = ({ words, cluster, createdMs, operator, founder }: FoundRequest): FoundAnswer => {
  const master = masterKeys(masterFromWords(words))
  const admin = freshAdmin()
  const genesis = makeGenesis(
    {
      name: cluster,
      createdMs,
      masterPublic: master.signer.publicKey,
      masterSealing: master.sealing.publicKey,
      adminPublic: admin.signer.publicKey,
      operators: [operator],
      founder,
    },
    master.signer,
  )
  return { genesis, adminKey: wrapAdmin(admin.seed, clusterIdOf(genesis), operator) }
}
