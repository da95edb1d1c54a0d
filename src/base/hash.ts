import { hash } from 'node:crypto'
import { asHash, type Hash } from './ids.ts'

/** sha256 of text (UTF-8) or bytes, as lower-case hex. */
export const sha256 = (data: string | Uint8Array): Hash => asHash(hash('sha256', data, 'hex'))
