import type { Command } from 'commander'
import { Fault, type Json } from '../base/index.ts'
import { examples } from './examples.ts'
import { asksNode, type NodeOptions, nodeMeant } from './node-options.ts'
import { print, printJson } from './print.ts'
import { withProgress } from './progress.ts'
import { table } from './table.ts'
import { shown, terminal } from './terminal.ts'

type Options = NodeOptions & {
  readonly json?: boolean
  readonly strong?: boolean
  readonly expect?: string
  readonly text?: boolean
  readonly after?: string
  readonly limit?: string
}

/** `bzzz kv`: the raw replicated key space, until `config` gives it addresses, history and encryption. */
export const kvCommand = (program: Command): void => {
  const kv = program
    .command('kv')
    .description('Read and write the raw key space that all machines share')
    .addHelpText(
      'after',
      examples(
        ['bzzz kv put greeting \'"hello"\'', 'write a JSON value'],
        ['bzzz kv get greeting', 'read it on any machine'],
        ['bzzz kv list', 'see what is there'],
      ),
    )

  asksNode(kv.command('get').description('Print the value of a key').argument('<key>'))
    .option('--strong', 'ask through the leader, so that the answer is never old')
    .addHelpText(
      'after',
      examples(
        ['bzzz kv get greeting', 'the value, as this machine knows it'],
        ['bzzz kv get greeting --strong --json', 'the newest, with version and author'],
      ),
    )
    .action(async (key: string, options: Options) => {
      const node = await nodeMeant(options)
      const found = await withProgress('Reading.', node.get(key, options.strong === true))
      if (found.record === null) throw new Fault('not-found', `There is no record ${key}.`, { hint: 'See `bzzz kv list`.' })
      await printJson(options.json ? found : found.record.value)
    })

  asksNode(
    kv
      .command('put')
      .description('Write a value; resolves once a majority has it on disk')
      .argument('<key>')
      .argument('<value>', 'JSON, or - to read it from stdin'),
  )
    .option('--text', 'take the value as text, not as JSON')
    .option('--expect <version>', 'only if the record has this version now; 0 if it must not exist')
    .addHelpText(
      'after',
      examples(
        ['bzzz kv put greeting hello --text', 'write text'],
        ['bzzz kv put limits \'{"gpu": 2}\' --expect 3', 'only over version 3'],
        ['bzzz kv put big - < value.json', 'from a file'],
      ),
    )
    .action(async (key: string, value: string, options: Options) => {
      const text = value === '-' ? await Bun.stdin.text() : value
      const node = await nodeMeant(options)
      const done = await withProgress('Writing.', node.put(key, options.text ? text : jsonIn(text), versionIn(options)))
      await (options.json ? printJson(done) : print(`Written as version ${done.version}.`))
    })

  asksNode(kv.command('delete').description('Remove a key').argument('<key>'))
    .option('--expect <version>', 'only if the record has this version now')
    .addHelpText(
      'after',
      examples(
        ['bzzz kv delete greeting', 'remove it on all machines'],
        ['bzzz kv delete greeting --expect 3', 'only if nobody wrote since'],
      ),
    )
    .action(async (key: string, options: Options) => {
      const node = await nodeMeant(options)
      const done = await withProgress('Removing.', node.delete(key, versionIn(options)))
      await (options.json ? printJson(done) : print('Removed.'))
    })

  asksNode(kv.command('list').description('List keys in order').argument('[prefix]', 'only keys that begin with this', ''))
    .option('--strong', 'ask through the leader, so that the answer is never old')
    .option('--after <key>', 'go on after this key')
    .option('--limit <number>', 'at most this many', '100')
    .addHelpText(
      'after',
      examples(['bzzz kv list', 'the first 100 keys'], ['bzzz kv list app/ --after app/k --limit 20', 'the next 20 under app/']),
    )
    .action(async (prefix: string, options: Options) => {
      const node = await nodeMeant(options)
      const limit = wholeNumber(options.limit ?? '100', '--limit')
      const found = await withProgress('Reading.', node.list(prefix, options.strong === true, options.after, limit))
      if (options.json) return printJson(found)
      const screen = terminal()
      const rows = found.records.map(({ key, value, version }) => [
        shown(key, screen),
        String(version),
        shown(cut(JSON.stringify(value)), screen),
      ])
      const last = found.records.at(-1)
      const more = last && found.records.length === limit ? `\nThere may be more: --after ${JSON.stringify(last.key)}` : ''
      await print(rows.length > 0 ? table(['KEY', 'VERSION', 'VALUE'], rows, screen) + more : 'There are no records.')
    })
}

const shownMax = 60
const cut = (text: string): string => (text.length > shownMax ? `${text.slice(0, shownMax)}…` : text)

const jsonIn = (text: string): Json => {
  try {
    return JSON.parse(text) as Json
  } catch (cause) {
    throw new Fault('usage', 'The value is not JSON.', { hint: `Text needs quotes inside quotes, '"like this"', or --text.`, cause })
  }
}

const versionIn = ({ expect }: Options): number | undefined => (expect === undefined ? undefined : wholeNumber(expect, '--expect'))

const wholeNumber = (text: string, flag: string): number => {
  if (!/^\d{1,15}$/.test(text))
    throw new Fault('usage', `${flag} takes a whole number, not "${text}".`, { hint: `Write for instance ${flag} 3.` })
  return Number(text)
}
