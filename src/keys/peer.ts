import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey, peerIdFromString } from '@libp2p/peer-id'
import { asPeerId, Fault, type PeerId } from '../base/index.ts'
import { remembered } from './bounded-cache.ts'
import { type PublicKey, publicKeyPattern } from './signatures.ts'
import { isSoundKey } from './sound-key.ts'

const peersKept = 1024
/** "12D3KooW…" is 52 characters; anything much longer is not worth decoding. */
const peerLengthMax = 64

/** The Ed25519 key that a peer id embeds; undefined for anything else. Cached. */
export const publicKeyOf: (peer: PeerId) => PublicKey | undefined = remembered(peersKept, (peer: PeerId) => {
  if (peer.length > peerLengthMax) return undefined
  try {
    const id = peerIdFromString(peer)
    // One text for one peer: a CID form of the same id would be a second name.
    if (id.type !== 'Ed25519' || id.toString() !== peer) return undefined
    const key = Buffer.from(id.publicKey.raw).toString('base64url')
    return isSoundKey(key) ? key : undefined
  } catch {
    return undefined
  }
})

/** The peer id of a node key. */
export const peerOf = (key: PublicKey): PeerId => {
  if (!publicKeyPattern.test(key) || !isSoundKey(key)) throw new Fault('bad-key', 'This is not an Ed25519 public key.')
  const made = publicKeyFromRaw(Buffer.from(key, 'base64url'))
  if (made.type !== 'Ed25519') throw new Fault('bad-key', 'This is not an Ed25519 public key.')
  return asPeerId(peerIdFromPublicKey(made).toString())
}
