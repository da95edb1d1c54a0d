import { type Command, Option } from 'commander'
import { Fault } from '../base/index.ts'
import { configTemplate, templateNames } from '../install/index.ts'
import { examples } from './examples.ts'
import { print, printJson } from './print.ts'

/** `bzzz templates NAME`: a commented configuration to begin with. */
export const templatesCommand = (program: Command): void => {
  program
    .command('templates')
    .description('Print a commented configuration: coordinator or worker')
    .argument('<name>', templateNames.join(' or '))
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['bzzz templates coordinator', 'a machine that the others find first'],
        ['bzzz templates worker > ~/.config/bzzz/config.yaml', 'a machine with GPUs'],
      ),
    )
    .action(async (given: string, { json }: { json?: boolean }) => {
      const name = templateNames.find((known) => known === given)
      if (name === undefined)
        throw new Fault('usage', `There is no template \`${given.slice(0, 80)}\`.`, { hint: `Known: ${templateNames.join(', ')}.` })
      const text = configTemplate(name)
      await (json ? printJson({ name, text }) : print(text.trimEnd()))
    })
}

/** The option of verbs that write a configuration. */
export const templateOption = (): Option =>
  new Option('--template <name>', 'configuration to begin with, where there is none').choices(templateNames).default('coordinator')
