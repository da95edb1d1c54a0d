import { argon2Sync, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Secret } from '../base/index.ts'
import { derived } from './derive.ts'
import { signerOf } from './ed25519.ts'
import { publicKey, salt } from './grammar.ts'
import { normalisedPassphrase } from './passphrase.ts'
import { sealingPublicOf } from './seal.ts'
import type { PublicKey, Signer } from './signatures.ts'

/** Argon2id (RFC 9106): 256 MiB, three passes, one lane; about a second of one core for each guess. */
export const stretching = { memory: 256 * 1024, passes: 3, parallelism: 1, tagLength: 32 } as const

/** What the cluster knows of an operator's keys. The salt is 16 bytes, base64url. */
export const operatorPublicSchema = z.strictObject({ publicKey, sealingKey: publicKey, salt })
export type OperatorPublic = Readonly<z.infer<typeof operatorPublicSchema>>

/** The private halves of an operator, for as long as they are needed. */
export interface OperatorKeys {
  readonly signer: Signer
  readonly sealing: { readonly publicKey: PublicKey; readonly privateKey: Secret<Uint8Array> }
}

/** A fresh salt for an operator. */
export const freshSalt = (): string => randomBytes(16).toString('base64url')

/** An operator's keys from the passphrase and the salt. Blocks for about a second and takes 256 MiB: only in a process of its own. */
export const operatorKeys = (passphrase: Secret<string>, salt: string): OperatorKeys => {
  const message = Buffer.from(normalisedPassphrase(passphrase.reveal()))
  const root = argon2Sync('argon2id', { message, nonce: Buffer.from(salt, 'base64url'), ...stretching })
  const sealing = derived(root, 'operator sealing v1')
  const signer = signerOf(derived(root, 'operator signing v1'))
  return { signer, sealing: { publicKey: sealingPublicOf(sealing), privateKey: new Secret(sealing) } }
}

/** The public halves alone. */
export const operatorPublic = ({ signer, sealing }: OperatorKeys, salt: string): OperatorPublic => ({
  publicKey: signer.publicKey,
  sealingKey: sealing.publicKey,
  salt,
})
