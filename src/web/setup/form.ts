import type { Context } from 'hono'
import { Fault } from '../../base/index.ts'

const bodyBytesMax = 16 * 1024
const fieldsMax = 32

export type Fields = (name: string) => string

/** The fields of a posted form. Nothing but a form's own type is read, so that no other site's script can send it without asking first. */
export const formFields = async (c: Context): Promise<Fields> => {
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase()
  if (type !== 'application/x-www-form-urlencoded')
    throw new Fault('bad-request', 'This is not a form of these pages.', { hint: 'Use the form on the page.' })
  if (Number(c.req.header('content-length') ?? 0) > bodyBytesMax) throw tooLarge()
  const bytes = await c.req.arrayBuffer()
  if (bytes.byteLength > bodyBytesMax) throw tooLarge()
  const fields = new URLSearchParams(new TextDecoder().decode(bytes))
  if (fields.size > fieldsMax) throw tooLarge()
  return (name) => fields.get(name) ?? ''
}

const tooLarge = () =>
  new Fault('too-large', 'This form is larger than any of ours.', { hint: 'Nothing was changed. Use the form on the page.' })
