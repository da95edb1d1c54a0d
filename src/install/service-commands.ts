import { type Command, command } from './command.ts'
import { type Layout, unitName } from './layout.ts'

/** systemctl, of the machine or of this user. */
export const systemctl = ({ kind }: Layout, ...args: readonly string[]): Command =>
  command('systemctl', ...(kind === 'user' ? ['--user'] : []), ...args)

/** The last lines that the node wrote, as they are. */
export const lastWords = ({ kind }: Layout): Command =>
  command('journalctl', ...(kind === 'user' ? ['--user'] : []), '--unit', unitName, '--lines', '3', '--output', 'cat', '--no-pager')

/** How often systemd started the node again since somebody last asked for it. */
export const restarts = (layout: Layout): Command => systemctl(layout, 'show', '--property', 'NRestarts', '--value', unitName)
