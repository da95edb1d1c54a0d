import { hkdfSync } from 'node:crypto'

/** HKDF-SHA256 (RFC 5869): one independent key of 32 bytes for each purpose; the salt is empty, because what goes in is secret and long. */
export const derived = (secret: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `bzzz:${purpose}`, 32))
