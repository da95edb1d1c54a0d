import type { PeerId } from '../base/index.ts'

/** An Ed25519 public key: 32 bytes as base64url, 43 characters. */
export type PublicKey = string

/** Whoever holds a private key. The signature is 64 bytes as base64url, 86 characters. */
export interface Signer {
  readonly publicKey: PublicKey
  sign(text: string): string
}

/** Checking signatures as a port: the program uses Ed25519 (`ed25519`), the simulation a cheap fake. Pure: same input, same answer. */
export interface Signatures {
  verify(by: PublicKey, text: string, signature: string): boolean
  /** The node key inside a peer id; undefined for text that is not an Ed25519 peer id. */
  keyOf(peer: PeerId): PublicKey | undefined
}

export const publicKeyPattern = /^[A-Za-z0-9_-]{43}$/
export const signatureLength = 86
