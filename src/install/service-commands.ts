import { type Command, command } from './command.ts'
import { type Layout, unitName } from './layout.ts'

/** systemctl, of the machine or of this user. */
export const systemctl = ({ kind }: Layout, ...args: readonly string[]): Command =>
  command('systemctl', ...(kind === 'user' ? ['--user'] : []), ...args)

/** The time as `lastWords` takes it. */
export const now: Command = command('date', '+@%s')

/**
 * The last lines that the node wrote since then, as they are. By the name of the program: of one that ends at once the journal does not learn
 * which service it was.
 */
export const lastWords = ({ kind }: Layout, since: string): Command => {
  const whose = kind === 'user' ? ['--user'] : []
  return command('journalctl', ...whose, 'SYSLOG_IDENTIFIER=bzzz', `--since=${since}`, '--lines=3', '--output=cat', '--no-pager', '--quiet')
}

/** How often systemd started the node again since somebody last asked for it. */
export const restarts = (layout: Layout): Command => systemctl(layout, 'show', '--property', 'NRestarts', '--value', unitName)
