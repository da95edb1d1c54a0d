import type { PeerId } from '../../src/base/index.ts'
import type { PublicKey, Signatures, Signer } from '../../src/keys/index.ts'

const publicKeyLength = 43
const signatureLength = 86

/** The public key of a peer with a short made-up id ("n1") in simulations. */
export const fakeKeyOf = (peer: string): PublicKey => peer.padEnd(publicKeyLength, '_')

/** Signatures that cost nothing and prove nothing to an attacker; wrong key, altered text and altered signature still fail. */
export const fakeSignatures: Signatures = {
  keyOf: (peer: PeerId) => (peer.length > 0 && peer.length < publicKeyLength ? fakeKeyOf(peer) : undefined),
  verify: (by, text, signature) => signature === fakeSignature(by, text),
}

export const fakeSigner = (peer: string): Signer => {
  const publicKey = fakeKeyOf(peer)
  return { publicKey, sign: (text) => fakeSignature(publicKey, text) }
}

const fakeSignature = (by: PublicKey, text: string) => Bun.hash(`${by}\0${text}`).toString(16).padEnd(signatureLength, '_')
