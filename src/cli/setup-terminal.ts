import { cancel, intro, log, note, outro, password, spinner, text } from '@clack/prompts'
import { Fault, isFault } from '../base/index.ts'
import { bitsAtMost, checkPassphrase, generatePassphrase, normalisedPassphrase } from '../keys/index.ts'
import type { Client } from './client.ts'
import { findingsText } from './doctor.ts'
import { sheetText } from './sheet-text.ts'
import { terminal } from './terminal.ts'

/** Asks the questions of set-up in this terminal; the node itself checks every answer. */
export const setUpHere = async ({ setup, view }: Client): Promise<void> => {
  if (process.stdin.isTTY !== true || process.stdout.isTTY !== true) {
    throw new Fault('usage', 'Nobody can answer questions here: this is no terminal.', {
      hint: 'Use `bzzz setup --answers FILE`, or `bzzz setup` for a link.',
    })
  }
  const { machine, draft } = await setup.standing()
  intro(`Set-up of ${machine.choice.name}`)
  const looking = spinner()
  looking.start('Looking at this machine')
  const findings = await setup.findings()
  looking.stop('This machine')
  log.message(findingsText(findings, terminal()))

  await until(async () => {
    const ask = (field: keyof typeof machine.fixed, message: string, initialValue: string) =>
      machine.fixed[field] === null ? asked(text({ message, initialValue, placeholder: '' })) : Promise.resolve(initialValue)
    await setup.machine({
      name: await ask('name', 'Name of this machine', machine.choice.name),
      zone: await ask('zone', 'Zone: a rack or a site; may stay empty', machine.choice.zone ?? ''),
      meshPort: await ask('meshPort', 'Port that the other machines dial', String(machine.choice.meshPort)),
    })
  })
  await until(async () => setup.cluster(await asked(text({ message: 'Name of the cluster', initialValue: draft.cluster ?? '' }))))
  await until(async () => {
    const name = await asked(text({ message: 'Your name, as its operator', initialValue: draft.operator?.name ?? '' }))
    await setup.operator(name, await newPassphrase())
  })

  log.message('Next come the 24 words of the master key, this once. Have paper and a pen ready.')
  await asked(text({ message: 'Press Enter to see them', defaultValue: '' }))
  const { words, mark, asks } = await setup.master()
  note(`${sheetText(words)}\n\nPublic half, to tell this sheet from another: ${mark}`, 'Master key')
  await asked(text({ message: 'Press Enter when they are on paper; the screen is then cleared', defaultValue: '' }))
  // Also what was scrolled away: the words stay on paper alone.
  process.stdout.write('\u001b[2J\u001b[3J\u001b[H')
  await until(async () => {
    const typed: Record<string, string> = {}
    for (const place of asks) typed[`w${place}`] = await asked(text({ message: `Word ${place} of your sheet` }))
    await setup.confirm(typed)
  })
  const { cluster } = await view()
  outro(`The cluster ${cluster?.name ?? ''} stands, with one machine. Admin key: not yet split. \`bzzz status\` shows it.`)
}

const newPassphrase = async (): Promise<string> => {
  note(`${generatePassphrase()}\n\n7 words drawn by chance: 77 bits. Type them, or a passphrase of your own.`, 'A passphrase for you')
  for (;;) {
    const first = normalisedPassphrase(await asked(password({ message: 'Passphrase' })))
    try {
      checkPassphrase(first)
    } catch (error) {
      if (!isFault(error)) throw error
      log.error(`${error.message} ${error.hint ?? ''}`)
      continue
    }
    log.message(`It holds ${bitsAtMost(first)} bits at most.`)
    if (first === normalisedPassphrase(await asked(password({ message: 'The same again' })))) return first
    log.error('The two are not the same.')
  }
}

/** Asks again until the node takes the answer. */
const until = async (step: () => Promise<void>): Promise<void> => {
  for (;;) {
    try {
      await step()
      return
    } catch (error) {
      if (!isFault(error, 'bad-input')) throw error
      log.error(error.message)
    }
  }
}

const asked = async (prompt: Promise<string | symbol>): Promise<string> => {
  const answer: string | symbol | undefined = await prompt
  if (typeof answer !== 'symbol') return answer ?? ''
  cancel('Stopped. What was answered so far is kept, but for the passphrase and the words.')
  throw new Fault('cancelled', 'Set-up was stopped; no cluster was made.', { hint: '`bzzz setup` goes on.' })
}
