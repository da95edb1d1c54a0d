import { dirname } from 'node:path'
import { type Command, command, remove } from './command.ts'
import { account, type Layout, unitName } from './layout.ts'
import type { Found } from './look.ts'
import type { Step } from './plan.ts'
import { systemctl } from './service-commands.ts'
import { lingeringMark } from './unit.ts'

/** Something of ours on this machine: a path, the running service, or the account. */
export interface Thing {
  readonly what: string
  readonly path: string | null
  /** Goes only when everything is to go: it cannot be made again. */
  readonly precious: boolean
}

/** Everything of this installation that is there, in the order in which it goes. */
export const thingsOf = (layout: Layout, found: Found): readonly Thing[] =>
  [
    { is: found.service.active, what: 'the running node', path: null },
    { is: found.unit !== null, what: 'the service', path: layout.unit },
    { is: found.command === 'ours', what: 'the command', path: layout.command },
    { is: found.programs, what: `the program${versions(found)}`, path: layout.programs },
    { is: found.configFolder, what: 'the configuration', path: dirname(layout.config), precious: true },
    { is: found.data, what: "the node's keys, log and state", path: layout.data, precious: true },
    { is: found.account, what: `the account ${account}`, path: null, precious: true },
  ].flatMap(({ is, what, path, precious = false }) => (is ? [{ what, path, precious }] : []))

const versions = ({ versions }: Found): string => (versions.length === 0 ? '' : ` (${versions.join(', ')})`)

/** Plans the removal; with `purge` also of what cannot be made again. Pure. */
export const planRemoval = (layout: Layout, found: Found, purge: boolean): readonly Step[] => {
  const steps: Step[] = []
  const add = (what: string, ...commands: readonly Command[]) => steps.push({ what, commands })
  if (found.manager && (found.service.active || found.service.enabled || found.unit !== null))
    // "disable --now" fails where a unit has no [Install] section or no file any more; what counts is looked at afterwards.
    steps.push({ what: 'Stop the node', commands: [systemctl(layout, 'disable', '--quiet', '--now', unitName)], otherwise: '' })
  if (found.unit !== null) {
    add(`Remove ${layout.unit}`, remove(layout.unit))
    if (found.manager) {
      add('Let the service manager forget it', systemctl(layout, 'daemon-reload'))
      // Only a unit that failed has something to reset.
      steps.push({ what: 'Forget how it ended', commands: [systemctl(layout, 'reset-failed', unitName)], otherwise: '' })
    }
  }
  if (found.unit?.includes(lingeringMark))
    steps.push({
      what: 'Services of this user end with the session again',
      commands: [command('loginctl', 'disable-linger')],
      otherwise: '',
    })
  if (found.command === 'ours') add(`Remove ${layout.command}`, remove(layout.command))
  if (found.programs) add(`Remove ${layout.programs}`, remove(layout.programs))
  if (purge) {
    if (found.configFolder) add(`Remove ${dirname(layout.config)}`, remove(dirname(layout.config)))
    if (found.data) add(`Remove ${layout.data}`, remove(layout.data))
    if (found.account) add(`Remove the account ${account}`, command('userdel', account))
  }
  // Those that hold something else, or were never made, stay as they are.
  if (layout.shared.length > 0) {
    const tidy = command('rmdir', '--ignore-fail-on-non-empty', '--', ...layout.shared)
    steps.push({ what: 'Remove folders that are empty now', commands: [tidy], otherwise: '' })
  }
  return steps
}
