import { createInterface } from 'node:readline/promises'
import type { Command } from 'commander'
import { removalHere, uninstallHere } from '../app/index.ts'
import { Fault } from '../base/index.ts'
import type { Removal, Thing } from '../install/index.ts'
import { examples } from './examples.ts'
import { complain, print, printJson } from './print.ts'

interface UninstallOptions {
  readonly purge?: boolean
  readonly yes?: boolean
  readonly json?: boolean
}

/** `bzzz uninstall`: lists what it removes, asks, removes it, and looks whether it is gone. */
export const uninstallCommand = (program: Command): void => {
  program
    .command('uninstall')
    .description('Remove bzzz: of the machine as root, else of this user; configuration and keys stay')
    .option('--purge', 'also remove configuration, keys and data, for good')
    .option('--yes', 'do not ask')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['sudo bzzz uninstall', 'keeps configuration, keys and data'],
        ['sudo bzzz uninstall --purge --yes', 'leaves nothing, asks nothing'],
      ),
    )
    .action(async ({ purge = false, yes = false, json = false }: UninstallOptions) => {
      const removal = await removalHere(purge)
      if (removal.removed.length > 0) {
        if (!json) await complain(removalText(removal))
        if (!yes) await confirmed(purge)
        await uninstallHere(removal, purge, json ? () => {} : (what) => void complain(`  ${what}`))
      }
      await (json ? printJson({ removed: removal.removed.map(shownThing), kept: removal.kept.map(shownThing) }) : print(doneText(removal)))
    })
}

const shownThing = ({ what, path }: Thing) => ({ what, path })

const listed = (things: readonly Thing[]): readonly string[] =>
  things.map(({ what, path }) => `  ${path === null ? what : `${path}  (${what})`}`)

const removalText = ({ removed, kept }: Removal): string =>
  ['This removes:', ...listed(removed), ...(kept.length === 0 ? [] : ['This stays (--purge removes it too):', ...listed(kept)])].join('\n')

const doneText = ({ removed, kept }: Removal): string => {
  const gone = removed.length === 0 ? 'There is no program of bzzz to remove here.' : 'bzzz is removed; looked again, it is gone.'
  return kept.length === 0 ? gone : [gone, 'Kept:', ...listed(kept)].join('\n')
}

const confirmed = async (purge: boolean): Promise<void> => {
  const unasked = new Fault('not-confirmed', 'Nothing was removed, because nobody said yes.', {
    hint: 'Answer with "yes", or run it with --yes.',
  })
  if (!process.stdin.isTTY) throw unasked
  const asking = createInterface({ input: process.stdin, output: process.stderr })
  try {
    const answer = await asking.question(purge ? 'Remove all this, keys included, for good? (yes/no) ' : 'Remove this? (yes/no) ')
    if (!['yes', 'y'].includes(answer.trim().toLowerCase())) throw unasked
  } finally {
    asking.close()
  }
}
