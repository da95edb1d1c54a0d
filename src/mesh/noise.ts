import { createPrivateKey, createPublicKey, diffieHellman, generateKeyPairSync, hash } from 'node:crypto'
import { ChaCha20Poly1305, newInstance } from '@chainsafe/as-chacha20poly1305'
import type { ConnectionEncrypter, MultiaddrConnection, PeerId, SecureConnectionOptions } from '@libp2p/interface'
import { type ICryptoInterface, type NoiseComponents, noise, pureJsCrypto } from '@libp2p/noise'

const cipher = new ChaCha20Poly1305(newInstance())

/** X25519 in the DER wrapping that node:crypto wants: it is 30 times as fast as the pure one, and a reconnect needs six of them. */
const privatePrefix = Buffer.from('302e020100300506032b656e04220420', 'hex')
const publicPrefix = Buffer.from('302a300506032b656e032100', 'hex')

/**
 * Noise's own choice calls a cipher Bun does not have for messages of 1,200 bytes and more; so everything goes through the WASM cipher.
 * Checked with 64 KiB and 5 MB in both directions.
 */
export const noiseCrypto: ICryptoInterface = {
  ...pureJsCrypto,
  hashSHA256: (data) => hash('sha256', data.subarray(), 'buffer'),
  generateX25519KeyPair: () => {
    const pair = generateKeyPairSync('x25519')
    return {
      publicKey: rawKey(pair.publicKey.export({ type: 'spki', format: 'der' }), publicPrefix.length),
      privateKey: rawKey(pair.privateKey.export({ type: 'pkcs8', format: 'der' }), privatePrefix.length),
    }
  },
  generateX25519SharedKey: (privateKey, publicKey) =>
    diffieHellman({
      privateKey: createPrivateKey({ key: Buffer.concat([privatePrefix, privateKey.subarray()]), type: 'pkcs8', format: 'der' }),
      publicKey: createPublicKey({ key: Buffer.concat([publicPrefix, publicKey.subarray()]), type: 'spki', format: 'der' }),
    }),
  chaCha20Poly1305Encrypt: (plaintext, nonce, ad, key) => cipher.seal(key, nonce, plaintext.subarray(), ad),
  chaCha20Poly1305Decrypt: (ciphertext, nonce, ad, key, target) => {
    const plaintext = cipher.open(key, nonce, ciphertext.subarray(), ad, target)
    if (!plaintext) throw new Error('This message was not encrypted with the key of this connection.')
    return plaintext
  },
}

const rawKey = (der: Buffer, skip: number): Uint8Array => new Uint8Array(der.subarray(skip))

/** How a failed handshake is named in the message of libp2p's error, which is all that survives of it. */
export const handshakeFailures = {
  otherCluster: 'bzzz: the other side belongs to another cluster',
  otherIdentity: 'bzzz: somebody else answers at this address',
  broken: 'bzzz: the other side does not speak this protocol',
} as const

/** Noise bound to one cluster: peers with another genesis fail the handshake, and the reason gets a name. */
export const clusterNoise =
  (genesis: Uint8Array, notice: { onInboundFailed(from: string): void; onOwnIdentity(from: string): void }) =>
  (components: NoiseComponents): ConnectionEncrypter => {
    const inner = noise({ crypto: noiseCrypto, prologueBytes: genesis })(components)
    const where = (connection: unknown): string => (connection as Partial<MultiaddrConnection>).remoteAddr?.toString() ?? 'unknown'
    const isSelf = (peer: PeerId): boolean => components.peerId.equals(peer)
    return {
      protocol: inner.protocol,
      secureOutbound: async (connection, options?: SecureConnectionOptions) => {
        try {
          return await inner.secureOutbound(connection, options)
        } catch (cause) {
          throw new Error(nameFailure(cause), { cause })
        }
      },
      secureInbound: async (connection, options?: SecureConnectionOptions) => {
        try {
          const secured = await inner.secureInbound(connection, options)
          if (secured.remotePeer && isSelf(secured.remotePeer)) notice.onOwnIdentity(where(connection))
          return secured
        } catch (cause) {
          notice.onInboundFailed(where(connection))
          throw new Error(nameFailure(cause), { cause })
        }
      },
    }
  }

const nameFailure = (cause: unknown): string => {
  if (!(cause instanceof Error)) return handshakeFailures.broken
  if ('code' in cause && cause.code === 'ERR_INVALID_CRYPTO_EXCHANGE') return handshakeFailures.otherCluster
  if (cause.name === 'UnexpectedPeerError') return handshakeFailures.otherIdentity
  return handshakeFailures.broken
}
