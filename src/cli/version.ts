import type { Command } from 'commander'
import { build } from '../base/index.ts'
import { examples } from './examples.ts'
import { print, printJson } from './print.ts'

/** `bzzz version`: what this program is. */
export const versionCommand = (program: Command): void => {
  program
    .command('version')
    .description('Show version, commit, target and Bun of this program')
    .option('--json', 'print JSON')
    .addHelpText('after', examples(['bzzz version', 'what this program is'], ['bzzz version --json | jq -r .version', 'for scripts']))
    .action(async ({ json }: { json?: boolean }) => {
      await (json ? printJson(build) : print(`bzzz ${build.version} (commit ${build.commit}, ${build.target}, Bun ${build.bun})`))
    })
}
