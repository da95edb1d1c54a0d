import { hostname } from 'node:os'
import type { Command } from 'commander'
import { Fault } from '../base/index.ts'
import type { Client } from './client.ts'
import { examples } from './examples.ts'
import { asksNode, type NodeOptions, nodeMeant } from './node-options.ts'
import { print, printJson } from './print.ts'

interface Options extends NodeOptions {
  readonly link?: boolean
  readonly terminal?: boolean
  readonly answers?: string
  readonly json?: boolean
}

/** `bzzz setup`: makes a fresh node a cluster of one, in the browser, in this terminal or unattended. */
export const setupCommand = (program: Command): void => {
  asksNode(program.command('setup').description('Set this machine up: in the browser, here in the terminal, or unattended'))
    .option('--link', 'print a new link; every earlier one stops working')
    .option('--terminal', 'answer the questions here instead of in a browser')
    .option('--answers <file>', 'take the answers from a YAML file')
    .addHelpText(
      'after',
      examples(
        ['bzzz setup', 'a link for the browser, good for 15 minutes'],
        ['bzzz setup --terminal', 'the same questions here'],
        ['bzzz setup --answers answers.yaml', 'unattended; docs/operations.md has the file'],
      ),
    )
    .action(run)
}

const run = async (options: Options): Promise<void> => {
  const chosen = [options.link, options.terminal, options.answers !== undefined].filter((one) => one === true)
  if (chosen.length > 1) {
    throw new Fault('usage', '`--link`, `--terminal` and `--answers` are three ways; only one can be gone.', {
      hint: 'Leave the others out.',
    })
  }
  const client = await nodeMeant(options)
  if ((await client.setup.standing()).closed) {
    throw new Fault('closed', 'This machine is in a cluster already, so there is nothing to set up.', {
      hint: 'See it with `bzzz status`.',
    })
  }
  if (options.answers !== undefined) return (await import('./setup-answers.ts')).setUpFrom(options.answers, client, options.json === true)
  if (options.terminal === true) return (await import('./setup-terminal.ts')).setUpHere(client)
  await showLink(client, options.link === true, options.json === true)
}

const showLink = async (client: Client, fresh: boolean, json: boolean): Promise<void> => {
  const { page } = await client.identity()
  const { code, expiresMs } = await client.setup.link(fresh)
  const base = page ?? 'http://127.0.0.1:8080/'
  const port = new URL(base).port || '80'
  // Who runs this as root came in under another name.
  const user = process.env.SUDO_USER || process.env.USER || process.env.LOGNAME || undefined
  const url = `${base}setup#t=${code}`
  const tunnel = `ssh -L ${port}:127.0.0.1:${port} ${user === undefined ? '' : `${user}@`}${hostname()}`
  if (json) return printJson({ url, code, expiresMs, tunnel })
  const minutes = Math.max(1, Math.round((expiresMs - Date.now()) / 60_000))
  await print(
    `Open this within ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}:\n\n  ${url}\n\nfrom another machine, first:\n\n  ${tunnel}\n`,
  )
}
