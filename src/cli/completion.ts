import tab from '@bomb.sh/tab/commander'
import type { Command } from 'commander'
import { examples } from './examples.ts'

/** `bzzz completion SHELL` prints the script; `bzzz complete -- …` answers it. All other verbs have to be there already. */
export const completionCommand = (program: Command): void => {
  tab(program, { completionCommandName: 'completion' })
  program.commands
    .find((command) => command.name() === 'completion')
    ?.description('Print the completion script of a shell')
    .addHelpText(
      'after',
      examples(
        ['source <(bzzz completion bash)', 'for this shell'],
        ['bzzz completion fish > ~/.config/fish/completions/bzzz.fish', 'for good'],
      ),
    )
}
