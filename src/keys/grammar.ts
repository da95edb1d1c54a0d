import { z } from 'zod'
import { publicKeyPattern } from './signatures.ts'

/** Pieces of signed things, checked by grammar wherever they come in. */
export const publicKey = z.string().regex(publicKeyPattern)
export const hash = z.string().regex(/^[0-9a-f]{64}$/)
export const clusterId = z.string().regex(/^[0-9a-f]{32}$/)
/** Only a first sieve: whether it is a node's id is decided by `Signatures.keyOf`. */
export const peerId = z.string().regex(/^[A-Za-z0-9._-]{1,64}$/)
/** Names of clusters, members, operators and zones. */
export const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/)
/** A multiaddr, or "host:port" where a plain address is meant. */
export const address = z.string().regex(/^[\x21-\x7e]{1,255}$/)
export const addresses = z.array(address).max(16)
/** Milliseconds since 1970. */
export const instant = z.int().min(0)
/** sha256 of a TLS certificate; null while a node has none. */
export const tlsFingerprint = hash.nullable()
/** 16 bytes beside an operator's passphrase, base64url. */
export const salt = z.string().regex(/^[A-Za-z0-9_-]{22}$/)
