import { z } from 'zod'
import { Fault } from '../base/index.ts'
import { grammar, operatorPublicSchema } from '../keys/index.ts'
import type { MachineChoice } from './ports.ts'

const label = /^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/
const labelHint = 'Use 1 to 63 of a-z, 0-9, - and _, beginning and ending with a letter or digit.'
const nameHint = 'Use 1 to 63 letters, digits, dots, - and _, beginning with a letter or digit.'

const machineSchema = z.strictObject({
  name: z.string().regex(label),
  zone: z.string().regex(label).nullable(),
  meshPort: z.int().min(1).max(65_535),
})

const draftSchema = z.strictObject({
  machine: machineSchema.optional(),
  cluster: grammar.name.optional(),
  /** Public halves only: the passphrase is never kept. */
  operator: operatorPublicSchema.extend({ name: grammar.name }).optional(),
})

/** What has been decided so far. Nothing in it is secret. */
export type Draft = Readonly<z.infer<typeof draftSchema>>

/** What is wrong with a form, by field. Nothing was changed. */
export class Problems extends Fault<'bad-input'> {
  readonly fields: Readonly<Record<string, string>>

  constructor(fields: Readonly<Record<string, string>>) {
    super('bad-input', Object.values(fields)[0] ?? 'Something is not right.', { hint: 'Correct it; nothing was changed.' })
    this.fields = fields
  }
}

/** The draft in the database; one that this program cannot read counts as none, because every step asks again. */
export const readDraft = (text: string): Draft => {
  try {
    return draftSchema.parse(JSON.parse(text))
  } catch {
    return {}
  }
}

/** Fields of the first step as they were typed. */
export type MachineFields = { readonly name: string; readonly zone: string; readonly meshPort: string }

/** The machine that a person described; Problems name every field that does not fit. */
export const machineFrom = ({ name, zone, meshPort }: MachineFields, webPort: number): MachineChoice => {
  const problems: Record<string, string> = {}
  if (!label.test(name)) problems.name = `This cannot be the name of a machine. ${labelHint}`
  if (zone !== '' && !label.test(zone)) problems.zone = `This cannot be the name of a zone. ${labelHint}`
  const port = /^\d{1,5}$/.test(meshPort) ? Number(meshPort) : 0
  if (port < 1 || port > 65_535) problems.meshPort = 'This is not a port. Use a whole number from 1 to 65535.'
  else if (port === webPort) problems.meshPort = `Port ${port} serves this page already. Use another.`
  if (Object.keys(problems).length > 0) throw new Problems(problems)
  return { name, zone: zone === '' ? null : zone, meshPort: port }
}

/** A name of a cluster or a person; Problems at `field` where it does not fit. */
export const nameFrom = (field: string, text: string, of: string): string => {
  if (grammar.name.safeParse(text).success) return text
  throw new Problems({ [field]: `This cannot be the name of ${of}. ${nameHint}` })
}
