import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'
import { Fault } from '../base/index.ts'
import { remembered } from './bounded-cache.ts'
import { publicKeyOf } from './peer.ts'
import { type PublicKey, type Signatures, type Signer, signatureLength } from './signatures.ts'
import { isSoundKey } from './sound-key.ts'

const keysKept = 512
const seedLength = 32

const keyObjectOf = remembered(keysKept, (key: PublicKey): KeyObject | undefined => {
  if (!isSoundKey(key)) return undefined
  try {
    return createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key }, format: 'jwk' })
  } catch {
    return undefined
  }
})

/** Ed25519 (RFC 8032) through node:crypto. Refuses every text form of a signature except the one `Signer.sign` gives. */
export const ed25519: Signatures = {
  keyOf: publicKeyOf,
  verify(by, text, signature) {
    const key = keyObjectOf(by)
    if (!key || signature.length !== signatureLength) return false
    const bytes = Buffer.from(signature, 'base64url')
    if (bytes.toString('base64url') !== signature) return false
    return verify(null, Buffer.from(text), key, bytes)
  },
}

/** A signer from the 32-byte seed of an Ed25519 private key. */
export const signerOf = (seed: Uint8Array): Signer => {
  if (seed.length !== seedLength) throw new Fault('bad-key', 'An Ed25519 seed has 32 bytes.')
  // PKCS#8 of Ed25519 is this fixed prefix and the seed (RFC 8410); a JWK would need the public half beforehand.
  const der = Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed])
  const privateKey = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
  const { x } = createPublicKey(privateKey).export({ format: 'jwk' })
  if (x === undefined) throw new Fault('bad-key', 'This seed gives no Ed25519 key.')
  return { publicKey: x, sign: (text) => sign(null, Buffer.from(text), privateKey).toString('base64url') }
}

/** The seed of a fresh random key. */
export const freshSeed = (): Uint8Array => {
  const { d } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  if (d === undefined) throw new Fault('bad-key', 'The system made no Ed25519 key.')
  return Buffer.from(d, 'base64url')
}

/** A fresh key that lives only in memory: throw-away operators of a demo, the private half of a ticket. */
export const freshSigner = (): Signer => signerOf(freshSeed())
