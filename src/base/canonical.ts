import canonicalize from 'canonicalize'
import { Fault } from './fault.ts'

/** Any value JSON can carry. */
export type Json = null | boolean | number | string | Json[] | { [key: string]: Json }

/** Canonical JSON (RFC 8785): one text for one value. Everything that is signed or hashed goes through here. */
export const canonical = (value: unknown): string => {
  const text = canonicalize(value)
  if (text === undefined) throw new Fault('not-json', 'This value has no JSON form.')
  return text
}
