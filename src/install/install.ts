import { dirname, join } from 'node:path'
import { Fault, isFault } from '../base/index.ts'
import type { Finding } from '../host/types.ts'
import { checkInstall } from './check.ts'
import { command } from './command.ts'
import type { Layout } from './layout.ts'
import { type Found, look } from './look.ts'
import { type InstallPlan, planInstall, type Wanted } from './plan.ts'
import type { MachinePorts, NodeSeen, Program } from './ports.ts'
import { printingShell } from './printing-shell.ts'
import { runSteps, type Say } from './run-steps.ts'
import { lastWords, now, restarts } from './service-commands.ts'
import type { TemplateName } from './template.ts'
import { withoutManager } from './without-manager.ts'

export interface InstallOrder {
  readonly layout: Layout
  readonly program: Program
  readonly template: TemplateName
  /** Where the node of this installation listens for the command line. */
  readonly socket: string
  /** What `doctor` says about the ports that the node will open. */
  readonly findings: readonly Finding[]
  /** Where the shell of whoever installs looks for commands: PATH. */
  readonly searchPath: string
}

export interface Installed {
  readonly kind: Layout['kind']
  readonly version: string
  /** What was in use before; null at a first installation or when nothing changed. */
  readonly previous: string | null
  /** False when all was there already. */
  readonly changed: boolean
  /** The node that answers; null where no service manager could start it. */
  readonly node: NodeSeen | null
  readonly paths: { readonly program: string; readonly command: string; readonly config: string; readonly data: string }
  /** What the person should know or do. */
  readonly remarks: readonly string[]
}

const healthyWithinMs = 20_000
const askEveryMs = 200
const restartsMax = 2

/** Looks, checks and plans; changes nothing. */
export const prepareInstall = async (order: InstallOrder, ports: MachinePorts): Promise<{ plan: InstallPlan; found: Found }> => {
  const { layout, program, template } = order
  const found = await look(layout, ports)
  const wanted: Wanted = { program, template, ...(await folderFor(layout, found, program, ports)) }
  await checkInstall(layout, found, program, wanted.placed, order.findings, ports)
  return { plan: planInstall(layout, found, wanted), found }
}

/** The plan as a script that a person can read; `bzzz install --plan`. */
export const printInstall = async (plan: InstallPlan, print: (line: string) => void): Promise<void> => {
  const shell = printingShell(print)
  await runSteps([...plan.place, ...plan.switch], shell, (what) => print(`# ${what}`))
  if (plan.switch.length > 0) print('# Wait until the node answers; if it does not:')
  await runSteps(
    plan.back,
    printingShell((line) => print(line.replaceAll(/^/gm, '#   '))),
    (what) => print(`#   ${what}`),
  )
  await runSteps(plan.tidy, shell, (what) => print(`# ${what}`))
}

/**
 * Installs, upgrades or repairs. What is placed changes nothing that runs; then the new version becomes the current one and has to answer on its
 * socket, or the one before comes back and a Fault `not-healthy` says why.
 */
export const install = async (order: InstallOrder, ports: MachinePorts, say: Say): Promise<Installed> => {
  const { layout } = order
  const { plan, found } = await prepareInstall(order, ports)
  await runSteps(plan.place, ports.shell, say)
  const remarks: string[] = []
  let node: NodeSeen | null = null
  const since = (await ports.shell.run(now)).stdout.trim()
  try {
    remarks.push(...(await runSteps(plan.switch, ports.shell, say)))
    node = found.manager ? await healthy(order, plan, since, ports, say) : null
  } catch (error) {
    if (isFault(error)) throw await returned(error, plan, ports, say)
    throw error
  }
  await runSteps(plan.tidy, ports.shell, say)
  const programs = join(layout.programs, plan.folder, 'bzzz')
  return {
    kind: layout.kind,
    version: plan.version,
    previous: plan.previous,
    changed: plan.place.length + plan.switch.length > 0,
    node,
    paths: { program: programs, command: layout.command, config: layout.config, data: layout.data },
    remarks: [...remarks, ...outOfReach(order), ...(found.manager ? [] : withoutManager(layout))],
  }
}

/** A command that the shell does not find is of little use. */
const outOfReach = ({ layout, searchPath }: InstallOrder): readonly string[] => {
  const folder = dirname(layout.command)
  return searchPath.split(':').includes(folder) ? [] : [`${folder} is not in your PATH; add it: export PATH="${folder}:$PATH"`]
}

/** A folder never changes its content: another build of a version that is there gets a name of its own. */
const folderFor = async (layout: Layout, found: Found, program: Program, { shell }: MachinePorts) => {
  const holds = async (name: string) =>
    found.versions.includes(name) &&
    (await shell.run(command('sha256sum', join(layout.programs, name, 'bzzz')))).stdout.startsWith(program.sha256)
  const another = `${program.version}-${program.sha256.slice(0, 8)}`
  for (const folder of [program.version, another]) if (await holds(folder)) return { folder, placed: true }
  return { folder: found.versions.includes(program.version) ? another : program.version, placed: false }
}

/** Waits until the node of the new version answers; gives up early when it falls over again and again. */
const healthy = async (
  { layout, socket }: InstallOrder,
  plan: InstallPlan,
  since: string,
  ports: MachinePorts,
  say: Say,
): Promise<NodeSeen> => {
  if (plan.switch.length > 0) say('Wait until the node answers')
  for (let waitedMs = 0; waitedMs <= healthyWithinMs; waitedMs += askEveryMs) {
    const node = await ports.nodeAt(socket)
    if (node?.version === plan.version) return node
    if (Number((await ports.shell.run(restarts(layout))).stdout) >= restartsMax) break
    await ports.sleep(askEveryMs)
  }
  const said = (await ports.shell.run(lastWords(layout, since))).stdout.trim().replaceAll('\n', ' ').slice(0, 600)
  throw new Fault('not-healthy', `bzzz ${plan.version} does not start.${said === '' ? '' : ` It said: ${said}`}`, {
    hint: 'Mend what it says and install again.',
  })
}

const returned = async (fault: Fault, plan: InstallPlan, { shell }: MachinePorts, say: Say): Promise<Fault> => {
  if (plan.back.length === 0) return fault
  try {
    await runSteps(plan.back, shell, say)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return new Fault(fault.code, `${fault.message} And the way back failed: ${why}`, { hint: 'Look at it by hand.', cause: fault })
  }
  const now = plan.previous === null ? 'What was placed is removed again; the configuration is kept.' : `${plan.previous} is back in use.`
  return new Fault(fault.code, `${fault.message} ${now}`, { hint: fault.hint, cause: fault })
}
