import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import type { Context } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'

/** 256 random bits, base64url: whatever has another form was not made here. */
const valuePattern = /^[A-Za-z0-9_-]{43}$/

/** The cookie of the one who looks at the set-up pages: before the claim a stranger's, afterwards the session. Its name is this node's own, because cookies know no ports. */
export interface Visitors {
  /** The cookie this request carries, or null. */
  known(c: Context): string | null
  /** The cookie this request carries, else a new one, which leaves with the answer. */
  greet(c: Context): string
  /** Replaces the cookie: what somebody may have planted before the claim is worth nothing after it. */
  become(c: Context, value: string): void
  forget(c: Context): void
}

/** Cookies named `name`: for these pages alone, unseen by scripts, never sent from another site. */
export const visitors = (name: string): Visitors => {
  const flags = { path: '/setup', httpOnly: true, sameSite: 'Strict' } as const
  const known = (c: Context): string | null => {
    const value = getCookie(c, name)
    return value !== undefined && valuePattern.test(value) ? value : null
  }
  const become = (c: Context, value: string) => setCookie(c, name, value, flags)
  return {
    known,
    become,
    greet: (c) => {
      const value = known(c) ?? randomBytes(32).toString('base64url')
      if (known(c) === null) become(c, value)
      return value
    },
    forget: (c) => setCookie(c, name, '', { ...flags, maxAge: 0 }),
  }
}

/** What a form carries to show that it comes from a page made for this visitor. */
export const formToken = (visitor: string): string => createHash('sha256').update(`bzzz form\0${visitor}`).digest('base64url')

/** Whether `token` belongs to this visitor, in a time that tells nothing. */
export const isFormToken = (token: string, visitor: string): boolean => {
  const [given, wanted] = [Buffer.from(token), Buffer.from(formToken(visitor))]
  return given.length === wanted.length && timingSafeEqual(given, wanted)
}
