import { isIP } from 'node:net'
import { homedir, hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { Fault, type LogLevel } from '../base/index.ts'
import { pathsFor, socketIn } from '../install/index.ts'
import { readConfigFile } from './config-file.ts'
import type { SettingFlag, Settings } from './config-schema.ts'
import { checkVariableNames, fromFlags, fromVariables, merged } from './config-sources.ts'

/** Checked settings of one node. Ports may be 0: any free one (tests). */
export interface Config {
  readonly name: string
  readonly zone: string | null
  /** Absolute; everything the node writes is inside. */
  readonly data: string
  readonly socket: string
  readonly web: { readonly host: string; readonly port: number }
  /** `announce`: multiaddrs that others should dial, before those found on the interfaces. */
  readonly mesh: { readonly host: string; readonly port: number; readonly announce: readonly string[] }
  readonly bulk: { readonly port: number }
  readonly gateway: { readonly port: number }
  readonly log: { readonly level: LogLevel; readonly format: 'json' | 'pretty' }
  readonly ollama: { readonly url: string }
  /** The file that was read; null when there was none. */
  readonly file: string | null
  /** Where a flag, a variable or the configuration file says it, so that set-up does not ask; null where nobody does. */
  readonly fixed: { readonly name: string | null; readonly zone: string | null; readonly meshPort: string | null }
}

/** What the configuration is read from, so that tests can give their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly uid: number
  readonly home: string
  readonly hostname: string
  readonly cwd: string
  /** Whether stderr is a terminal: decides the log format `auto`. */
  readonly terminal: boolean
}

/** What set-up chose for this machine, in the data folder: below everything that is said elsewhere. */
export const chosenFile = 'machine.yaml'

export type Flags = Readonly<Partial<Record<SettingFlag | 'config', string>>>

/** Environment, working directory and user of this process, read once. */
export const surroundings = (): Surroundings => ({
  env: process.env,
  uid: process.getuid?.() ?? 1,
  home: homedir(),
  hostname: hostname(),
  cwd: process.cwd(),
  terminal: process.stderr.isTTY === true,
})

/** The configuration of the node: flags win over the environment, the environment over the file, the file over the defaults. */
export const readConfig = (flags: Flags = {}, around: Surroundings = surroundings()): Config => {
  const paths = pathsFor(around)
  checkVariableNames(around.env)
  const named = flags.config ?? (around.env.BZZZ_CONFIG || undefined)
  const file = named === undefined ? paths.config : resolve(around.cwd, named)
  const fromFile = readConfigFile(file)
  if (fromFile === null && named !== undefined)
    throw new Fault('bad-config', `There is no file ${file}.`, { hint: 'Correct --config or BZZZ_CONFIG.' })
  const given = [fromFile ?? {}, fromVariables(around.env, around.cwd), fromFlags(flags, around.cwd)]
  const said = given.reduce(merged)
  const data = said.data ?? paths.data
  const settings = merged(readConfigFile(join(data, chosenFile)) ?? {}, said)
  const meshPort = settings.mesh?.port ?? 8081
  const config: Config = {
    name: settings.name ?? nameFrom(around.hostname),
    zone: settings.zone ?? null,
    data,
    socket: settings.socket ?? socketIn(data),
    web: { host: settings.web?.host ?? '127.0.0.1', port: settings.web?.port ?? 8080 },
    mesh: {
      host: settings.mesh?.host ?? '0.0.0.0',
      port: meshPort,
      announce: (settings.mesh?.announce ?? []).map((address) => multiaddr(address, meshPort)),
    },
    bulk: { port: settings.bulk?.port ?? 8082 },
    gateway: { port: settings.gateway?.port ?? 11_435 },
    log: { level: settings.log?.level ?? 'info', format: logFormat(settings.log?.format ?? 'auto', around.terminal) },
    ollama: { url: settings.ollama?.url ?? 'http://127.0.0.1:11434' },
    file: fromFile === null ? null : file,
    fixed: {
      name: said.name === undefined ? null : sayer(given, ({ name }) => name, file),
      zone: said.zone === undefined ? null : sayer(given, ({ zone }) => zone, file),
      meshPort: said.mesh?.port === undefined ? null : sayer(given, ({ mesh }) => mesh?.port, file),
    },
  }
  checkPorts(config)
  checkSocket(config.socket)
  return config
}

/** Who has the last word on a setting: the file, the environment or the command line. */
const sayer = (given: readonly Settings[], of: (settings: Settings) => unknown, file: string): string => {
  const at = given.findLastIndex((settings) => of(settings) !== undefined)
  return at === 0 ? file : at === 1 ? 'the environment' : 'the command line'
}

/** First label of the host name, in the letters a name may have. */
const nameFrom = (host: string): string => {
  const name = (host.split('.')[0] ?? '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9_-]/g, '-')
    .slice(0, 63)
    .replaceAll(/^[-_]+|[-_]+$/g, '')
  return name === '' ? 'node' : name
}

const multiaddr = (address: string, port: number): string => {
  if (address.startsWith('/')) return address
  const version = isIP(address)
  return `/${version === 4 ? 'ip4' : version === 6 ? 'ip6' : 'dns'}/${address}/tcp/${port}`
}

const logFormat = (format: 'auto' | 'json' | 'pretty', terminal: boolean): 'json' | 'pretty' =>
  format === 'auto' ? (terminal ? 'pretty' : 'json') : format

const checkPorts = (config: Config): void => {
  const users = new Map<number, string>()
  for (const part of ['web', 'mesh', 'bulk', 'gateway'] as const) {
    const { port } = config[part]
    const other = users.get(port)
    if (port !== 0 && other !== undefined) {
      throw new Fault('bad-config', `\`${other}.port\` and \`${part}.port\` are both ${port}.`, { hint: 'Give each its own port.' })
    }
    users.set(port, part)
  }
}

/** The kernel's limit for the address of a Unix socket, without the closing zero (Linux 107, macOS 103). */
const socketBytesMax = process.platform === 'darwin' ? 103 : 107

const checkSocket = (path: string): void => {
  if (Buffer.byteLength(path) > socketBytesMax) {
    throw new Fault('bad-config', `The socket's path is longer than the system allows (${socketBytesMax} bytes): ${path}.`, {
      hint: 'Choose a shorter one with `socket:` in the configuration or --socket.',
    })
  }
}
