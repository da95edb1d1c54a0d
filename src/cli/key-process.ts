import type { Command } from 'commander'
import { Fault } from '../base/index.ts'
import { doKeyWork } from '../keys/index.ts'
import { print } from './print.ts'

const requestBytesMax = 64 * 1024

/** Hidden: does one piece of work with secrets (a request on standard input, the answer on standard output) and ends. */
export const keyProcessCommand = (program: Command): void => {
  program.command('key-process', { hidden: true }).action(async () => {
    const text = await Bun.stdin.text()
    if (text.length > requestBytesMax) throw new Fault('too-large', 'This request is too large.')
    await print(JSON.stringify(doKeyWork(requestIn(text))))
  })
}

/** What JSON complains about quotes what it read: not shown. */
const requestIn = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    throw new Fault('usage', 'This command is for bzzz itself.', { hint: 'See `bzzz --help`.' })
  }
}
