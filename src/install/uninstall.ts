import { Fault } from '../base/index.ts'
import type { Layout } from './layout.ts'
import { type Found, look } from './look.ts'
import type { MachinePorts } from './ports.ts'
import { planRemoval, type Thing, thingsOf } from './removal.ts'
import { runSteps, type Say } from './run-steps.ts'

/** What goes and what stays. */
export interface Removal {
  readonly found: Found
  readonly removed: readonly Thing[]
  readonly kept: readonly Thing[]
}

/** Looks what a removal would take; changes nothing. */
export const prepareRemoval = async (layout: Layout, purge: boolean, ports: Pick<MachinePorts, 'shell' | 'files'>): Promise<Removal> => {
  const found = await look(layout, ports)
  const things = thingsOf(layout, found)
  return {
    found,
    removed: things.filter(({ precious }) => purge || !precious),
    kept: things.filter(({ precious }) => !purge && precious),
  }
}

/** Removes, then looks again: a Fault `left-behind` names what is still there. */
export const uninstall = async (
  layout: Layout,
  { found }: Removal,
  purge: boolean,
  ports: Pick<MachinePorts, 'shell' | 'files'>,
  say: Say,
): Promise<void> => {
  await runSteps(planRemoval(layout, found, purge), ports.shell, say)
  const { removed } = await prepareRemoval(layout, purge, ports)
  if (removed.length === 0) return
  throw new Fault('left-behind', `Still there: ${removed.map(({ what, path }) => path ?? what).join(', ')}.`, {
    hint: 'Something holds it or makes it again; look at it and run bzzz uninstall once more.',
  })
}
