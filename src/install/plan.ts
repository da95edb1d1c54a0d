import { dirname, join } from 'node:path'
import { type Command, command, folders, link, ownFolder, remove, textFile } from './command.ts'
import { account, currentExecutable, type Layout, unitName } from './layout.ts'
import type { Found } from './look.ts'
import type { Program } from './ports.ts'
import { systemctl } from './service-commands.ts'
import { configTemplate, type TemplateName } from './template.ts'
import { lingeringMark, unitText } from './unit.ts'

/** One thing that is done, in words and in commands. */
export interface Step {
  readonly what: string
  readonly commands: readonly Command[]
  /** What is said when it fails, where the rest can go on without it; nothing where it is empty. */
  readonly otherwise?: string
}

/**
 * What to do, in order: `place` puts things beside what runs, `switch` makes them the current ones. If the new program does not come up, `back`
 * restores what ran before. `tidy` follows success. An installation that is as it should be has no steps.
 */
export interface InstallPlan {
  readonly version: string
  /** Name of the folder of this version. */
  readonly folder: string
  /** Name of the folder that was in use. */
  readonly previous: string | null
  readonly place: readonly Step[]
  readonly switch: readonly Step[]
  readonly back: readonly Step[]
  readonly tidy: readonly Step[]
}

export interface Wanted {
  readonly program: Program
  readonly template: TemplateName
  /** Name of the folder for this program, and whether it lies there already with these bytes. */
  readonly folder: string
  readonly placed: boolean
}

/** Plans an installation, an upgrade, or the repair of either. Pure. */
export const planInstall = (layout: Layout, found: Found, wanted: Wanted): InstallPlan => {
  const { folder, program } = wanted
  const asked = found.unit?.includes(lingeringMark) === true
  const ask = layout.kind === 'user' && found.manager && !found.lingers && !asked
  const unit = unitText(layout, { groups: found.groups, lingering: asked || ask })
  const changes = {
    unit: found.manager && found.unit !== unit,
    current: found.current !== folder,
    command: found.command === 'missing',
    start: found.manager && !found.service.active,
    enable: found.manager && !found.service.enabled,
  }
  const others = found.versions.filter((name) => name !== folder)
  const inUse = others.find((name) => name === found.current)
  // What runs may be older than what is current, where an upgrade was cut short.
  const stale = found.running !== null && found.running !== join(layout.programs, folder, 'bzzz')
  const previous = changes.current || stale ? (inUse ?? others.at(-1) ?? null) : null
  const restart = found.manager && (changes.unit || changes.current || changes.start || stale)
  return {
    version: program.version,
    folder,
    previous,
    place: [...accountSteps(layout, found), ...(wanted.placed ? [] : programSteps(layout, wanted)), ...configSteps(layout, found, wanted)],
    switch: [
      ...(changes.current ? [{ what: `Make ${folder} the version in use`, commands: link(layout.current, folder) }] : []),
      ...(changes.command ? [commandStep(layout)] : []),
      ...(changes.unit ? [unitStep(layout, unit)] : []),
      ...(changes.enable ? [{ what: 'Start it with the machine', commands: [systemctl(layout, 'enable', '--quiet', unitName)] }] : []),
      ...(ask ? [lingerStep] : []),
      ...(restart ? [{ what: 'Start the node', commands: [systemctl(layout, 'restart', unitName)] }] : []),
    ],
    back: restart ? backSteps(layout, found, previous, folder) : [],
    tidy: tidySteps(layout, found, previous, folder),
  }
}

const accountSteps = (layout: Layout, found: Found): readonly Step[] => {
  if (layout.kind === 'user' || found.account) return []
  const flags = ['--system', '--user-group', '--home-dir', layout.data, '--no-create-home', '--shell', '/usr/sbin/nologin']
  return [{ what: `Make the account ${account}`, commands: [command('useradd', ...flags, account)] }]
}

/** The copy is checked where it lies, then tried, and only then gets its name. */
const programSteps = (layout: Layout, { program, folder }: Wanted): readonly Step[] => {
  const partial = join(layout.programs, `.partial-${folder}`)
  const executable = join(partial, 'bzzz')
  return [
    {
      what: `Place bzzz ${program.version} in ${join(layout.programs, folder)}`,
      commands: [
        ...(layout.kind === 'system' ? [ownFolder(layout.programs, '0755', 'root')] : [folders(layout.programs)]),
        remove(partial),
        ownFolder(partial, '0755'),
        command('install', '-m', '0755', program.path, executable),
        { program: 'sha256sum', args: ['-c'], input: `${program.sha256}  ${executable}\n` },
        command(executable, 'version'),
        command('sync', executable),
        command('mv', '-T', partial, join(layout.programs, folder)),
      ],
    },
  ]
}

const configSteps = (layout: Layout, found: Found, { template }: Wanted): readonly Step[] => {
  const system = layout.kind === 'system'
  const config: Step = {
    what: `Write ${layout.config}, a ${template}'s, to be edited`,
    commands: [
      ...(system ? [ownFolder(dirname(layout.config), '0755', 'root')] : [folders(dirname(layout.config))]),
      ...textFile(layout.config, configTemplate(template), system ? '0640' : '0600', system ? account : undefined),
    ],
  }
  const data: Step = {
    what: `Make ${layout.data} for the node's keys and data`,
    commands: [...(system ? [] : [folders(dirname(layout.data))]), ownFolder(layout.data, '0700', system ? account : undefined)],
  }
  return [...(found.config ? [] : [config]), ...(found.data ? [] : [data])]
}

const commandStep = (layout: Layout): Step => ({
  what: `Make bzzz a command: ${layout.command}`,
  commands: [folders(dirname(layout.command)), ...link(layout.command, currentExecutable(layout))],
})

const unitStep = (layout: Layout, unit: string): Step => ({
  what: `Write the service ${layout.unit}`,
  commands: [folders(dirname(layout.unit)), ...textFile(layout.unit, unit, '0644'), systemctl(layout, 'daemon-reload')],
})

const lingerStep: Step = {
  what: 'Let the services of this user run without a session',
  commands: [command('loginctl', 'enable-linger')],
  otherwise: 'The node stops when you sign out. For good: sudo loginctl enable-linger "$USER"',
}

const backSteps = (layout: Layout, found: Found, previous: string | null, folder: string): readonly Step[] => {
  const stop = { what: 'Stop what did not start', commands: [systemctl(layout, 'stop', unitName)] }
  if (found.current === folder && previous === null) {
    // The same program under another unit file: what ran before runs again, and what did not keeps trying.
    if (found.unit === null || !found.service.active) return []
    return [unitStep(layout, found.unit), { what: 'Start it again as before', commands: [systemctl(layout, 'restart', unitName)] }]
  }
  const gone = { what: `Remove ${folder}`, commands: [remove(join(layout.programs, folder))] }
  if (previous === null)
    return [
      { ...stop, commands: [...stop.commands, systemctl(layout, 'disable', '--quiet', unitName)] },
      {
        what: 'Remove the service and the program again; the configuration stays',
        commands: [remove(layout.unit, layout.command, layout.current), systemctl(layout, 'daemon-reload')],
      },
      gone,
    ]
  const unit = found.unit === null ? [] : [unitStep(layout, found.unit)]
  const again = found.service.active ? [{ what: `Start ${previous} again`, commands: [systemctl(layout, 'restart', unitName)] }] : []
  return [stop, { what: `Return to ${previous}`, commands: link(layout.current, previous) }, ...unit, ...again, gone]
}

/** The version before this one stays, for a way back by hand; older ones go. */
const tidySteps = (layout: Layout, found: Found, previous: string | null, folder: string): readonly Step[] => {
  const kept = previous ?? found.versions.filter((name) => name !== folder).at(-1)
  const old = found.versions.filter((name) => name !== folder && name !== kept)
  return old.length === 0
    ? []
    : [{ what: `Remove ${old.join(', ')}`, commands: [remove(...old.map((name) => join(layout.programs, name)))] }]
}
