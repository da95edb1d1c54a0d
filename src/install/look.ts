import { basename, dirname, join } from 'node:path'
import { type Command, command, type Shell } from './command.ts'
import { account, currentExecutable, type Layout, unitName } from './layout.ts'
import type { MachinePorts } from './ports.ts'
import { systemctl } from './service-commands.ts'

/** What is there of an installation, and what the machine offers. */
export interface Found {
  /** Whether a service manager answers: systemd for the machine, or the one of this user. */
  readonly manager: boolean
  readonly service: { readonly active: boolean; readonly enabled: boolean }
  /** The executable of the node that runs; null where none does, or nobody tells. */
  readonly running: string | null
  /** Text of the unit file. */
  readonly unit: string | null
  /** Names of the folders in `programs` that hold a version, sorted. */
  readonly versions: readonly string[]
  /** Name of the folder in use. */
  readonly current: string | null
  readonly command: 'missing' | 'ours' | 'foreign'
  readonly config: boolean
  readonly configFolder: boolean
  readonly data: boolean
  readonly programs: boolean
  readonly account: boolean
  /** Groups that may open GPUs, of those there are. */
  readonly groups: readonly string[]
  /** Whether services of this user run without a session. */
  readonly lingers: boolean
}

/** Looks at the machine; changes nothing. */
export const look = async (layout: Layout, { shell, files }: Pick<MachinePorts, 'shell' | 'files'>): Promise<Found> => {
  const says = async (asked: Command) => (await shell.run(asked)).code === 0
  const exists = async (path: string) => (await files.facts(path)) !== null
  const names = await files.list(layout.programs)
  const user = layout.kind === 'user' ? (await shell.run(command('id', '-un'))).stdout.trim() : ''
  const manager = (await exists('/run/systemd/system')) && (layout.kind === 'system' || (await says(systemctl(layout, 'show-environment'))))
  return {
    manager,
    service: {
      active: manager && (await says(systemctl(layout, 'is-active', '--quiet', unitName))),
      enabled: manager && (await says(systemctl(layout, 'is-enabled', '--quiet', unitName))),
    },
    running: manager ? await runningExecutable(layout, shell, files) : null,
    unit: await files.text(layout.unit),
    versions: names.filter((name) => versionFolder.test(name)),
    current: basename((await files.link(layout.current)) ?? '') || null,
    command: await commandState(layout, files),
    config: await exists(layout.config),
    configFolder: await exists(dirname(layout.config)),
    data: await exists(layout.data),
    programs: await exists(layout.programs),
    account: layout.kind === 'system' && (await says(command('id', '-u', account))),
    groups: gpuGroups((await files.text('/etc/group')) ?? ''),
    lingers: user !== '' && (await exists(join('/var/lib/systemd/linger', user))),
  }
}

/** "0.1.0", "1.0.0-rc.1", "0.1.0-3f2a91bc" (a second build of one version). */
const versionFolder = /^\d+\.\d+\.\d+[\w.+-]*$/

const runningExecutable = async (layout: Layout, shell: Shell, files: MachinePorts['files']): Promise<string | null> => {
  const pid = Number((await shell.run(systemctl(layout, 'show', '--property', 'MainPID', '--value', unitName))).stdout)
  return pid > 0 ? files.link(`/proc/${pid}/exe`) : null
}

const commandState = async (layout: Layout, files: MachinePorts['files']): Promise<Found['command']> => {
  const target = await files.link(layout.command)
  if (target === currentExecutable(layout)) return 'ours'
  return target === null && (await files.facts(layout.command)) === null ? 'missing' : 'foreign'
}

const gpuGroups = (text: string): readonly string[] => ['render', 'video'].filter((name) => new RegExp(`^${name}:`, 'm').test(text))
