import type { Json } from '../base/index.ts'
import { Fault } from '../base/index.ts'

/** Nesting that is still read: nothing we keep is deeper, and every walk over a value may recurse this far. */
export const depthMax = 64

/**
 * The JSON value in `text`. Refuses what JSON.parse lets through but canonical JSON cannot carry or a careless copy could trip over:
 * numbers beyond the double range, half surrogates, the key `__proto__`, nesting deeper than 64.
 */
export const parseJson = (text: string, what = 'The body'): Json => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new Fault('bad-request', `${what} is not JSON.`, { hint: 'Text needs double quotes: "like this".', cause })
  }
  const wrong = flaw(value, 0)
  if (wrong) throw new Fault('bad-request', `${what} ${wrong}.`, { hint: 'Send a value that every member can read back unchanged.' })
  // Parsed JSON whose every part was looked at.
  return value as Json
}

const flaw = (value: unknown, depth: number): string | null => {
  if (typeof value === 'string') return value.isWellFormed() ? null : 'has text with half a surrogate pair'
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'has a number that is too large'
  if (typeof value !== 'object' || value === null) return null
  if (depth >= depthMax) return `is nested deeper than ${depthMax} levels`
  if (Array.isArray(value)) {
    for (const item of value) {
      const wrong = flaw(item, depth + 1)
      if (wrong) return wrong
    }
    return null
  }
  for (const [key, item] of Object.entries(value)) {
    if (key === '__proto__') return 'has the key __proto__'
    const wrong = key.isWellFormed() ? flaw(item, depth + 1) : 'has a key with half a surrogate pair'
    if (wrong) return wrong
  }
  return null
}
