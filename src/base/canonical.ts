import canonicalize from 'canonicalize'
import { Fault } from './fault.ts'

/** Any value JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/**
 * Canonical JSON (RFC 8785): one text for one value. Everything that is signed or hashed goes through here. Fault `not-json` for what JSON
 * cannot carry: no value, NaN, a lone surrogate, a circle.
 */
export const canonical = (value: unknown): string => {
  try {
    const text = canonicalize(value)
    if (text !== undefined) return text
  } catch (cause) {
    throw new Fault('not-json', 'This value has no JSON form.', { cause })
  }
  throw new Fault('not-json', 'This value has no JSON form.')
}
