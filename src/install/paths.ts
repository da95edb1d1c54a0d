import { isAbsolute, join } from 'node:path'

/** Where one installation of bzzz keeps its things. Nothing is written outside of `data`. */
export interface Paths {
  readonly config: string
  readonly data: string
}

/** The installation for the whole machine: what root runs, and what `bzzz status` finds for everybody else. */
export const systemPaths: Paths = { config: '/etc/bzzz/config.yaml', data: '/var/lib/bzzz' }

/** The installation of whoever runs this: the system's for root, else the XDG folders (relative ones do not count, says the XDG specification). */
export const pathsFor = (who: { uid: number; home: string; env: Readonly<Record<string, string | undefined>> }): Paths => {
  if (who.uid === 0) return systemPaths
  const folder = (name: string, otherwise: string) => {
    const given = who.env[name]
    return given && isAbsolute(given) ? given : join(who.home, otherwise)
  }
  return {
    config: join(folder('XDG_CONFIG_HOME', '.config'), 'bzzz', 'config.yaml'),
    data: join(folder('XDG_DATA_HOME', join('.local', 'share')), 'bzzz'),
  }
}

/** The Unix socket of the node whose data folder this is. */
export const socketIn = (data: string): string => join(data, 'bzzz.sock')
