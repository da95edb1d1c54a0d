import { dirname, join } from 'node:path'
import { pathsFor, systemPaths } from './paths.ts'

/** Where everything of one installation lies. `system` is for the whole machine, `user` for whoever runs this. */
export interface Layout {
  readonly kind: 'system' | 'user'
  /** Holds one folder for each version, and `current`, a link to the one in use. */
  readonly programs: string
  readonly current: string
  /** The link that makes `bzzz` a command. */
  readonly command: string
  readonly config: string
  readonly data: string
  readonly unit: string
  /** Folders of other programs that may have to be made, deepest first; empty ones go when bzzz goes. */
  readonly shared: readonly string[]
}

/** The account that the node of a system installation runs as. */
export const account = 'bzzz'
export const unitName = 'bzzz.service'

export interface Who {
  readonly uid: number
  readonly home: string
  readonly env: Readonly<Record<string, string | undefined>>
}

/** Root installs for the machine, everybody else for himself, in the XDG folders. */
export const layoutFor = (who: Who): Layout => (who.uid === 0 ? systemLayout : userLayout(who))

/** What `layout.config` means as a variable for the node: the folder above ours. */
export const configHome = ({ config }: Layout): string => dirname(dirname(config))
export const dataHome = ({ data }: Layout): string => dirname(data)

/** The executable that the unit starts, whatever version is current. */
export const currentExecutable = ({ current }: Layout): string => join(current, 'bzzz')

export const systemLayout: Layout = {
  kind: 'system',
  programs: '/opt/bzzz',
  current: '/opt/bzzz/current',
  command: '/usr/local/bin/bzzz',
  ...systemPaths,
  unit: `/etc/systemd/system/${unitName}`,
  shared: [],
}

const userLayout = (who: Who): Layout => {
  const paths = pathsFor(who)
  const local = join(who.home, '.local')
  const units = join(dirname(dirname(paths.config)), 'systemd', 'user')
  const programs = join(local, 'lib', 'bzzz')
  return {
    kind: 'user',
    programs,
    current: join(programs, 'current'),
    command: join(local, 'bin', 'bzzz'),
    ...paths,
    unit: join(units, unitName),
    shared: [
      join(units, 'default.target.wants'),
      units,
      dirname(units),
      dirname(dirname(units)),
      dirname(paths.data),
      join(local, 'bin'),
      join(local, 'lib'),
      local,
    ],
  }
}
