import type { Context } from 'hono'
import type { z } from 'zod'
import { Fault, type Json } from '../base/index.ts'
import { parseJson } from './json.ts'

/** A value in the key space (design: settings hold at most 64 KiB). */
export const valueBytesMax = 64 * 1024
/** Everything else that is posted: what a mesh frame can carry. The listeners stop reading here, whatever the headers say. */
export const bodyBytesMax = 1024 * 1024

/** The JSON body, no longer than `bytesMax` (the listener itself reads at most `bodyBytesMax`). */
export const jsonBody = async (c: Context, bytesMax = bodyBytesMax): Promise<Json> => {
  if (Number(c.req.header('content-length') ?? 0) > bytesMax) throw tooLarge(bytesMax)
  const bytes = await c.req.arrayBuffer().catch((cause: unknown) => {
    throw new Fault('bad-request', 'The body broke off.', { hint: 'Send it again.', cause })
  })
  if (bytes.byteLength > bytesMax) throw tooLarge(bytesMax)
  return parseJson(decoded(bytes))
}

/** The body checked by a schema; the Fault names the first thing that does not fit. */
export const checkedBody = async <Value>(c: Context, schema: z.ZodType<Value>): Promise<Value> => checked(schema, await jsonBody(c))

/** `value`, checked. */
export const checked = <Value>(schema: z.ZodType<Value>, value: unknown): Value => {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const at = issue && issue.path.length > 0 ? `\`${issue.path.map(String).join('.').slice(0, 100)}\`: ` : ''
  throw new Fault('bad-request', `${at}${issue?.message ?? 'not understood'}.`, { hint: 'See `bzzz kv --help` for the shapes.' })
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

const decoded = (bytes: ArrayBuffer): string => {
  try {
    return utf8.decode(bytes)
  } catch (cause) {
    throw new Fault('bad-request', 'The body is not UTF-8.', { hint: 'Send JSON in UTF-8.', cause })
  }
}

const tooLarge = (bytesMax: number) =>
  new Fault('too-large', `The body is larger than ${bytesMax / 1024} KiB.`, { hint: 'Nothing was written. Split it.' })
