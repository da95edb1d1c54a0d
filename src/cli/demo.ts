import type { Command } from 'commander'
import { Fault } from '../base/index.ts'
import { examples } from './examples.ts'

/** `bzzz demo`: a whole cluster on loopback. */
export const demoCommand = (program: Command): void => {
  program
    .command('demo')
    .description('Run a whole cluster on this machine, with throw-away state')
    .addHelpText('after', examples(['bzzz demo', '3 nodes, a live view, Ctrl-C ends it']))
    .action(() => {
      throw new Fault('not-built', 'This build has no demo yet.')
    })
}
