import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** Crockford's base 32: no I, L, O or U, so nothing is mistaken for something else. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const codeBytes = 16
const codeLength = 26
const groupLength = 4

/** A fresh code of 128 random bits as people type it: "7KQ2-M9XD-VTHC-4BNR-8W0F-3PZA-G6". */
export const freshCode = (): string => {
  let value = BigInt(`0x${randomBytes(codeBytes).toString('hex')}`)
  let text = ''
  for (let at = 0; at < codeLength; at++) {
    text = `${digits[Number(value % 32n)]}${text}`
    value /= 32n
  }
  return (text.match(new RegExp(`.{1,${groupLength}}`, 'g')) ?? []).join('-')
}

/** The code somebody typed in its one form; null for what can be none. Capitals, dashes and spaces make no difference, nor O for 0, I or L for 1. */
export const typedCode = (text: string): string | null => {
  if (text.length > 100) return null
  const plain = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1')
  return plain.length === codeLength && [...plain].every((digit) => digits.includes(digit)) ? plain : null
}

/** sha256 of a code in its one form, or of a session, as hex: what is kept. */
export const hashOf = (purpose: 'code' | 'session' | 'form', text: string): string =>
  createHash('sha256').update(`bzzz ${purpose}\0${text}`).digest('hex')

/** Compares two hashes in a time that tells nothing. */
export const sameHash = (one: string, other: string): boolean => {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/** A fresh value of 256 bits for a cookie. */
export const freshSession = (): string => randomBytes(32).toString('base64url')
