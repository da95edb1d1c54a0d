import type { Context } from 'hono'
import { Fault } from '../base/index.ts'

const keyBytesMax = 512

/** The key in the address of a request. */
export const keyOf = (c: Context): string => {
  const { url } = c.req
  const from = url.indexOf('/v1/kv/') + '/v1/kv/'.length
  const until = url.indexOf('?', from)
  let key: string
  try {
    key = decodeURIComponent(until < 0 ? url.slice(from) : url.slice(from, until))
  } catch (cause) {
    throw new Fault('bad-request', 'The key in the address is not percent-encoded UTF-8.', {
      hint: 'Encode it, as encodeURIComponent does.',
      cause,
    })
  }
  checkKey(key)
  return key
}

/** A key: 1 to 512 bytes of well-formed text without control characters. */
export const checkKey = (key: string): void => {
  const known = key !== '' && key.length <= keyBytesMax && Buffer.byteLength(key) <= keyBytesMax
  if (!known || !key.isWellFormed() || /\p{Cc}/u.test(key)) {
    throw new Fault('bad-request', 'This is not a key.', { hint: `A key is 1 to ${keyBytesMax} bytes of text without control characters.` })
  }
}

/** Whether the answer has to come through the leader: `?strong`. */
export const strong = (c: Context): boolean => {
  const asked = c.req.query('strong')
  if (asked === undefined || asked === '0' || asked === 'false') return false
  if (asked === '' || asked === '1' || asked === 'true') return true
  throw new Fault('bad-request', '`strong` is neither true nor false.', { hint: 'Write ?strong or leave it out.' })
}

/** From `?expect=3`, `If-Match: "3"` or `If-None-Match: *` (must not exist); all that are given must agree. */
export const expectedVersion = (c: Context): number | undefined => {
  const match = c.req.header('if-match')
  const noneMatch = c.req.header('if-none-match')
  if (match === undefined && noneMatch === undefined && !c.req.url.includes('?')) return undefined
  if (noneMatch !== undefined && noneMatch !== '*')
    throw new Fault('bad-request', 'Only `If-None-Match: *` means something for a write.', { hint: 'Use ?expect=VERSION.' })
  const given = [
    wholeNumber(c.req.query('expect'), 'expect', Number.MAX_SAFE_INTEGER),
    match === undefined ? undefined : wholeNumber(/^"(\d+)"$/.exec(match)?.[1] ?? match, 'If-Match', Number.MAX_SAFE_INTEGER),
    noneMatch === undefined ? undefined : 0,
  ].filter((version) => version !== undefined)
  if (new Set(given).size > 1) throw new Fault('bad-request', 'Two different versions are expected at once.', { hint: 'Give only one.' })
  return given[0]
}

/** A number in a query or header, from 0 to `most`. */
export const wholeNumber = (text: string | undefined, name: string, most: number): number | undefined => {
  if (text === undefined) return undefined
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN
  if (!(value <= most)) throw new Fault('bad-request', `\`${name}\` is not a whole number from 0 to ${most}.`, { hint: 'Correct it.' })
  return value
}
