import { z } from 'zod'
import { Fault, nearest } from '../base/index.ts'
import { type Settings, settingsSchema } from './config-schema.ts'

/** Says where a setting was written: by the path of its mapping and, for a name, the name in it. */
export type Place = (path: readonly string[], key?: string) => string

/** Checks one source of settings; the Fault names the place, the key (unless the place is its name: a flag, a variable) and what was expected. */
export const checkSettings = (value: unknown, place: Place, placeIsName = false): Settings => {
  const checked = settingsSchema.safeParse(value)
  if (checked.success) return checked.data
  const issue = checked.error.issues[0]
  const path = (issue?.path ?? []).map(String)
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    const meant = nearest(key, keysAt(path))
    const inside = path.length > 0 ? ` in \`${path.join('.')}\`` : ''
    throw new Fault(
      'bad-config',
      `${place(path, key)}: unknown key \`${shown(key)}\`${inside}${meant ? `: did you mean \`${meant}\`?` : '.'}`,
      {
        hint: `Known here: ${keysAt(path).join(', ')}.`,
      },
    )
  }
  const wanted = issue?.message ?? 'not understood'
  const what = path.length === 0 ? 'expected keys and values' : placeIsName ? wanted : `\`${path.join('.')}\`: ${wanted}`
  throw new Fault('bad-config', `${place(path)}: ${path.length === 0 ? what : sentence(what)}`, {
    hint: 'Correct the value; nothing was started.',
  })
}

const sentence = (text: string): string => (/[.`]$/.test(text) ? `${text.replace(/\.$/, '')}.` : `${text}.`)

const shown = (key: string): string => JSON.stringify(key.slice(0, 80)).slice(1, -1)

/** Names known in the mapping at `path`. */
const keysAt = (path: readonly string[]): string[] => {
  let schema: unknown = settingsSchema
  for (const key of path) {
    const shape = unwrapped(schema)
    schema = shape instanceof z.ZodObject ? shape.shape[key] : undefined
  }
  const here = unwrapped(schema)
  return here instanceof z.ZodObject ? Object.keys(here.shape) : []
}

const unwrapped = (schema: unknown): unknown => (schema instanceof z.ZodOptional ? unwrapped(schema.unwrap()) : schema)
