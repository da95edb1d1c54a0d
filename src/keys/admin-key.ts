import { createCipheriv, createDecipheriv, createPrivateKey, createPublicKey, diffieHellman, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { type ClusterId, canonical, Fault, isFault, Secret } from '../base/index.ts'
import { derived } from './derive.ts'
import { freshSeed, signerOf } from './ed25519.ts'
import { clusterId, name, publicKey } from './grammar.ts'
import { freshSealingKey } from './seal.ts'
import type { PublicKey, Signer } from './signatures.ts'

const secretBytes = 32
const nonceBytes = 12
const tagBytes = 16

const base64url = (bytes: number) => z.string().regex(new RegExp(`^[A-Za-z0-9_-]{${Math.ceil((bytes * 4) / 3)}}$`))

/** An admin key at rest. `secret` is whole while one machine is all there is ("not yet split"); `copies` hold the key itself, one an operator. */
export const adminFileSchema = z.strictObject({
  kind: z.literal('admin-key'),
  cluster: clusterId,
  epoch: z.literal(1),
  adminPublic: publicKey,
  secret: base64url(secretBytes),
  copies: z
    .array(
      z.strictObject({
        operator: name,
        sealingKey: publicKey,
        ephemeral: publicKey,
        nonce: base64url(nonceBytes),
        sealed: base64url(secretBytes + tagBytes),
      }),
    )
    .min(1)
    .max(16),
})
export type AdminFile = Readonly<z.infer<typeof adminFileSchema>>

/** The file's text, checked; null for anything else. */
export const readAdminFile = (text: string): AdminFile | null => {
  try {
    return adminFileSchema.parse(JSON.parse(text))
  } catch {
    return null
  }
}

type Operator = { readonly name: string; readonly sealingKey: PublicKey }

/** A fresh admin key: its seed, which is wrapped at once. */
export const freshAdmin = (): { readonly signer: Signer; readonly seed: Secret<Uint8Array> } => {
  const seed = freshSeed()
  return { signer: signerOf(seed), seed: new Secret(seed) }
}

/**
 * Wraps an admin key for one operator with AES-256-GCM under KEK = HKDF(secret ‖ ECDH(ephemeral, operator's sealing key)): neither the disk
 * nor the passphrase opens it alone. All that names the key is bound to it as associated data.
 */
export const wrapAdmin = (seed: Secret<Uint8Array>, cluster: ClusterId, operator: Operator): AdminFile => {
  const secret = randomBytes(secretBytes)
  const ephemeral = freshSealingKey()
  const nonce = randomBytes(nonceBytes)
  const adminPublic = signerOf(seed.reveal()).publicKey
  const context = contextOf({ cluster, adminPublic }, { operator: operator.name, ephemeral: ephemeral.publicKey, ...operator })
  const cipher = createCipheriv('aes-256-gcm', kek(secret, ephemeral.privateKey.reveal(), operator.sealingKey, context), nonce)
  cipher.setAAD(Buffer.from(context))
  const sealed = Buffer.concat([cipher.update(seed.reveal()), cipher.final(), cipher.getAuthTag()])
  const copy = { operator: operator.name, sealingKey: operator.sealingKey, ephemeral: ephemeral.publicKey }
  return {
    kind: 'admin-key',
    cluster,
    epoch: 1,
    adminPublic,
    secret: secret.toString('base64url'),
    copies: [{ ...copy, nonce: nonce.toString('base64url'), sealed: sealed.toString('base64url') }],
  }
}

/** Opens an operator's copy; Fault `cannot-open` for a wrong passphrase and for anything altered: they look the same. */
export const unwrapAdmin = (file: AdminFile, operator: string, sealing: Secret<Uint8Array>): Signer => {
  const copy = file.copies.find((one) => one.operator === operator)
  if (copy === undefined) throw new Fault('not-found', `There is no copy of the admin key for ${operator}.`)
  try {
    const context = contextOf(file, copy)
    const key = kek(Buffer.from(file.secret, 'base64url'), sealing.reveal(), copy.ephemeral, context)
    const sealed = Buffer.from(copy.sealed, 'base64url')
    const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(copy.nonce, 'base64url'), { authTagLength: tagBytes })
    decipher.setAAD(Buffer.from(context))
    decipher.setAuthTag(sealed.subarray(secretBytes))
    const signer = signerOf(Buffer.concat([decipher.update(sealed.subarray(0, secretBytes)), decipher.final()]))
    if (signer.publicKey !== file.adminPublic) throw new Fault('bad-key', 'It is another key than its name says.')
    return signer
  } catch (cause) {
    if (isFault(cause, 'not-found')) throw cause
    throw new Fault('cannot-open', 'The admin key cannot be opened: the passphrase is wrong, or the file was altered.', { cause })
  }
}

const contextOf = (
  { cluster, adminPublic }: Pick<AdminFile, 'cluster' | 'adminPublic'>,
  { operator, sealingKey, ephemeral }: { operator: string; sealingKey: string; ephemeral: string },
): string => canonical({ kind: 'admin-key', cluster, epoch: 1, adminPublic, operator, sealingKey, ephemeral })

const kek = (secret: Uint8Array, own: Uint8Array, other: PublicKey, context: string): Uint8Array => {
  // PKCS#8 of X25519 is this fixed prefix and the key (RFC 8410).
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), own])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const shared = diffieHellman({ privateKey, publicKey: createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: other }, format: 'jwk' }) })
  return derived(Buffer.concat([secret, shared]), `admin key v1 ${context}`)
}
