import { type Command, command } from './command.ts'
import { type Layout, unitName } from './layout.ts'

/** systemctl, of the machine or of this user. */
export const systemctl = ({ kind }: Layout, ...args: readonly string[]): Command =>
  command('systemctl', ...(kind === 'user' ? ['--user'] : []), ...args)

/** The last lines that the node itself wrote of late, as they are. */
export const lastWords = ({ kind }: Layout): Command => {
  const whose = kind === 'user' ? ['--user', `_SYSTEMD_USER_UNIT=${unitName}`] : [`_SYSTEMD_UNIT=${unitName}`]
  return command('journalctl', ...whose, '--since=-30s', '--lines=3', '--output=cat', '--no-pager', '--quiet')
}

/** How often systemd started the node again since somebody last asked for it. */
export const restarts = (layout: Layout): Command => systemctl(layout, 'show', '--property', 'NRestarts', '--value', unitName)
