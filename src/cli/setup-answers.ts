import { closeSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from 'node:fs'
import { resolve } from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { Fault } from '../base/index.ts'
import { generatePassphrase } from '../keys/index.ts'
import type { Client } from './client.ts'
import { complain, print, printJson } from './print.ts'
import { sheetText } from './sheet-text.ts'

const fileBytesMax = 64 * 1024

const answersSchema = z.strictObject({
  machine: z
    .strictObject({ name: z.string().optional(), zone: z.string().nullable().optional(), 'mesh-port': z.int().optional() })
    .optional(),
  cluster: z.string(),
  operator: z.strictObject({ name: z.string(), passphrase: z.string().optional() }),
  'secrets-to': z.string().optional(),
})

/** Sets up with the answers of a YAML file. What must be kept secret goes to the terminal, or into a new file (0600) that the answers name. */
export const setUpFrom = async (file: string, { setup, view }: Client, json: boolean): Promise<void> => {
  const answers = read(file)
  const to = answers['secrets-to'] === undefined ? null : resolve(answers['secrets-to'])
  if (to === null && (json || process.stdout.isTTY !== true)) {
    throw new Fault('usage', 'The words of the master key would go into a pipe or a log.', {
      hint: 'Name a file with `secrets-to:`; it is made for you alone and must not exist. Nothing was changed.',
    })
  }
  const { choice } = (await setup.standing()).machine
  await setup.machine({
    name: answers.machine?.name ?? choice.name,
    zone: answers.machine?.zone === undefined ? (choice.zone ?? '') : (answers.machine.zone ?? ''),
    meshPort: String(answers.machine?.['mesh-port'] ?? choice.meshPort),
  })
  await setup.cluster(answers.cluster)
  const passphrase = answers.operator.passphrase ?? generatePassphrase()
  await setup.operator(answers.operator.name, passphrase)
  const { words, mark, asks } = await setup.master()
  const own = answers.operator.passphrase === undefined ? `Passphrase of ${answers.operator.name}: ${passphrase}\n\n` : ''
  const secrets = `${own}Master key of ${answers.cluster} (${mark}):\n${sheetText(words)}\n`
  // On disk before the cluster stands: a cluster whose master key nobody has could never be restored.
  if (to === null) await print(secrets)
  else writeNew(to, secrets)
  await setup.confirm(Object.fromEntries(asks.map((place) => [`w${place}`, words[place - 1] ?? ''])))
  const { cluster } = await view()
  if (json) return printJson({ cluster, secretsIn: to, adminKey: 'not-yet-split' })
  await complain(`The cluster ${cluster?.name ?? ''} stands, with one machine. Admin key: not yet split.`)
  if (to !== null) await complain(`Its secrets are in ${to}. Put them on paper, then remove that file.`)
}

const read = (file: string): z.infer<typeof answersSchema> => {
  let text: string
  try {
    const { size } = statSync(file)
    if (size > fileBytesMax) throw new Fault('bad-config', `${file} is larger than 64 KiB.`, { hint: 'Name the file with the answers.' })
    text = readFileSync(file, 'utf8')
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    throw new Fault('bad-config', `${file} cannot be read.`, { hint: 'Name the file with the answers.', cause })
  }
  let value: unknown
  try {
    value = parse(text)
  } catch {
    // The complaint would quote the line, and a passphrase may stand in it.
    throw new Fault('bad-config', `${file} is not YAML.`, {
      hint: 'Compare it with the example in docs/operations.md; nothing was changed.',
    })
  }
  const checked = answersSchema.safeParse(value)
  if (!checked.success) {
    const issue = checked.error.issues[0]
    const at = issue?.code === 'unrecognized_keys' ? issue.keys.join(', ') : (issue?.path.join('.') ?? '')
    throw new Fault(
      'bad-config',
      `${file}: \`${at}\` is ${issue?.code === 'unrecognized_keys' ? 'not known' : 'missing or not understood'}.`,
      {
        hint: 'Compare it with the example in docs/operations.md; nothing was changed.',
      },
    )
  }
  if (checked.data.operator.passphrase !== undefined && (statSync(file).mode & 0o077) !== 0) {
    throw new Fault('loose-permissions', `There is a passphrase in ${file}, and others may read it.`, { hint: `chmod 600 ${file}` })
  }
  return checked.data
}

/** Never over another file, never through a link. */
const writeNew = (path: string, text: string): void => {
  let file: number
  try {
    file = openSync(path, 'wx', 0o600)
  } catch (cause) {
    throw new Fault('bad-config', `${path} cannot be made: it exists, or its folder does not.`, {
      hint: 'Name a file that is not there yet with `secrets-to:`. No cluster was made.',
      cause,
    })
  }
  try {
    writeSync(file, text)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}
