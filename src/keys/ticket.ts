import { z } from 'zod'
import type { ClusterId, PeerId } from '../base/index.ts'
import { addresses, clusterId, instant, name, peerId, publicKey, tlsFingerprint } from './grammar.ts'
import type { PublicKey, Signatures, Signer } from './signatures.ts'
import { type Expected, open, sign } from './signed.ts'

export const ticketBytesMax = 2 * 1024
export const admissionBytesMax = 16 * 1024

export const ticketSchema = z.strictObject({ kind: z.literal('ticket'), cluster: clusterId, ticket: publicKey, expiresMs: instant })
/** A single-use permission to join: `ticket` is a one-time public key whose private half travels to the joiner. */
export type Ticket = Readonly<z.infer<typeof ticketSchema>>

export const admissionSchema = z.strictObject({
  kind: z.literal('admission'),
  cluster: clusterId,
  peer: peerId,
  name,
  zone: name.nullable(),
  sealingKey: publicKey,
  tlsFingerprint,
  addresses,
})
/** What a joiner says of itself, signed with the private half of its ticket: nobody can put another node in its place. */
export type Admission = Readonly<z.infer<typeof admissionSchema>>

export interface Joiner {
  readonly peer: PeerId
  readonly name: string
  readonly zone: string | null
  readonly sealingKey: string
  readonly tlsFingerprint: string | null
  readonly addresses: readonly string[]
}

/** An operator's permission for whoever holds the private half of `ticket`, until the leader's stamp passes `expiresMs`. */
export const makeTicket = (cluster: ClusterId, ticket: PublicKey, expiresMs: number, operator: Signer): string =>
  sign(operator, 'ticket', cluster, { ticket, expiresMs })

/** Opens a ticket; whether `by` is an operator is the caller's question. */
export const readTicket = (text: string, cluster: ClusterId, signatures: Signatures): { readonly by: PublicKey; readonly body: Ticket } =>
  open(text, expected('ticket', cluster, ticketBytesMax, ticketSchema), signatures)

/** The joiner's own words, signed with the ticket's private half. */
export const makeAdmission = (cluster: ClusterId, joiner: Joiner, ticket: Signer): string =>
  sign(ticket, 'admission', cluster, { ...joiner })

/** Opens an admission; `by` is the ticket it uses. */
export const readAdmission = (
  text: string,
  cluster: ClusterId,
  signatures: Signatures,
): { readonly by: PublicKey; readonly body: Admission } =>
  open(text, expected('admission', cluster, admissionBytesMax, admissionSchema), signatures)

const expected = <Body>(kind: string, cluster: ClusterId, bytesMax: number, schema: z.ZodType<Body>): Expected<Body> => ({
  kind,
  cluster,
  bytesMax,
  schema,
})
