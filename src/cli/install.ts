import type { Command } from 'commander'
import { installHere, printInstallHere } from '../app/index.ts'
import type { Installed, TemplateName } from '../install/index.ts'
import { examples } from './examples.ts'
import { complain, print, printJson } from './print.ts'
import { templateOption } from './templates.ts'

interface InstallOptions {
  readonly template: TemplateName
  readonly plan?: boolean
  readonly json?: boolean
}

/** `bzzz install`: this executable becomes the node of the machine (root) or of this user. */
export const installCommand = (program: Command): void => {
  program
    .command('install')
    .description('Install this executable: for the machine as root, else for this user; upgrades what is there')
    .addOption(templateOption())
    .option('--plan', 'print what would be done, as a script, and do nothing')
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      examples(
        ['sudo bzzz install', 'for the machine: /opt/bzzz, account bzzz, a systemd service'],
        ['bzzz install', 'for this user: ~/.local, systemctl --user'],
        ['sudo bzzz install --plan', 'only show what that would do'],
      ),
    )
    .action(async ({ template, plan, json }: InstallOptions) => {
      if (plan) {
        const lines: string[] = []
        await printInstallHere(template, (line) => lines.push(line))
        const nothing = '# All is as it should be; there is nothing to do.'
        return json ? printJson({ lines }) : print(lines.length === 0 ? nothing : lines.join('\n'))
      }
      const installed = await installHere(template, (what) => void complain(`  ${what}`))
      await (json ? printJson(installed) : print(installedText(installed)))
    })
}

/** What a person reads at the end. */
export const installedText = ({ version, previous, changed, node, paths, remarks }: Installed): string =>
  [
    !changed
      ? `bzzz ${version} is installed already; nothing was changed.`
      : previous === null
        ? `bzzz ${version} is installed.`
        : `bzzz ${version} is installed; before it was ${previous}.`,
    `  program        ${paths.program}`,
    `  command        ${paths.command}`,
    `  configuration  ${paths.config}`,
    `  keys and data  ${paths.data}`,
    ...(node === null ? [] : [`${node.name} runs.${node.page === null ? '' : ` Its page is ${node.page}`}`]),
    ...(node !== null && previous === null ? ['Next: `bzzz setup` prints the link that makes this machine a cluster of one.'] : []),
    ...remarks,
  ].join('\n')
