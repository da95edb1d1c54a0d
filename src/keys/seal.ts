import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { Aes256Gcm, CipherSuite, DhkemX25519HkdfSha256, HkdfSha256 } from '@hpke/core'
import { canonical, Fault, type Json, Secret } from '../base/index.ts'
import { type PublicKey, publicKeyPattern } from './signatures.ts'

/** HPKE (RFC 9180) base mode: X25519, HKDF-SHA256, AES-256-GCM. The one suite of this program. */
export const suite = new CipherSuite({ kem: new DhkemX25519HkdfSha256(), kdf: new HkdfSha256(), aead: new Aes256Gcm() })

const encapsulatedLength = 32

/** What a sealed text is for (`info`) and what it belongs to (associated data): opening with another of either fails. */
export interface Sealing {
  readonly purpose: string
  readonly context: Json
}

/** Seals bytes to an X25519 public key (base64url); gives base64url of encapsulated key and ciphertext. */
export const seal = async (plain: Uint8Array, to: PublicKey, { purpose, context }: Sealing): Promise<string> => {
  if (!publicKeyPattern.test(to)) throw new Fault('bad-key', 'This is not an X25519 public key.')
  const recipientPublicKey = await suite.kem.deserializePublicKey(bytesOf(Buffer.from(to, 'base64url')))
  const { ct, enc } = await suite.seal({ recipientPublicKey, info: infoOf(purpose) }, bytesOf(plain), associated(context))
  return Buffer.concat([new Uint8Array(enc), new Uint8Array(ct)]).toString('base64url')
}

/** Opens what was sealed to this key for exactly this purpose and context; Fault `cannot-open` for everything else. */
export const unseal = async (sealed: string, key: Secret<Uint8Array>, { purpose, context }: Sealing): Promise<Uint8Array> => {
  const bytes = Buffer.from(sealed, 'base64url')
  try {
    const recipientKey = await suite.kem.deserializePrivateKey(bytesOf(key.reveal()))
    const enc = bytesOf(bytes.subarray(0, encapsulatedLength))
    const ct = bytesOf(bytes.subarray(encapsulatedLength))
    return new Uint8Array(await suite.open({ recipientKey, enc, info: infoOf(purpose) }, ct, associated(context)))
  } catch (cause) {
    throw new Fault('cannot-open', 'This was not sealed to this key for this purpose, or it was altered.', { cause })
  }
}

/** A fresh X25519 pair: public half base64url, private half 32 bytes. */
export const freshSealingKey = (): { readonly publicKey: PublicKey; readonly privateKey: Secret<Uint8Array> } => {
  const { d, x } = generateKeyPairSync('x25519').privateKey.export({ format: 'jwk' })
  if (d === undefined || x === undefined) throw new Fault('bad-key', 'The system made no X25519 key.')
  return { publicKey: x, privateKey: new Secret(new Uint8Array(Buffer.from(d, 'base64url'))) }
}

/** The public half of an X25519 private key. */
export const sealingPublicOf = (privateKey: Uint8Array): PublicKey => {
  // PKCS#8 of X25519 is this fixed prefix and the key (RFC 8410).
  const der = Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), privateKey])
  const { x } = createPublicKey(createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })).export({ format: 'jwk' })
  if (x === undefined) throw new Fault('bad-key', 'This is not an X25519 private key.')
  return x
}

const infoOf = (purpose: string) => bytesOf(Buffer.from(`bzzz:${purpose}`))
const associated = (context: Json) => bytesOf(Buffer.from(canonical(context)))
/** An own ArrayBuffer: a Buffer may be a window into a pool shared with other secrets. */
const bytesOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer
