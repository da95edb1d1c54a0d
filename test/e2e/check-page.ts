import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import axe from 'axe-core'
import { ask, type Watched } from './browser.ts'

const out = join(import.meta.dir, 'out')

/** Saves a picture of the whole page under `name`, to be looked at. */
export const shoot = async ({ page }: Watched, name: string): Promise<void> => {
  mkdirSync(out, { recursive: true })
  await page.screenshot({ path: join(out, `${name}.png`), fullPage: true })
}

/**
 * What every page must hold, whatever it shows: nothing for axe to object to, no complaint in the console, no request elsewhere, nothing to
 * scroll sideways. Saves its picture; answers with what is wrong, empty if nothing.
 */
export const checkPage = async (watched: Watched, name: string): Promise<readonly string[]> => {
  const { complaints, strangers } = watched
  await shoot(watched, name)
  const sideways = await ask<number>(watched, 'document.documentElement.scrollWidth - innerWidth')
  return [
    ...(await violations(watched)),
    ...complaints.map((complaint) => `complaint: ${complaint}`),
    ...strangers.map((address) => `asked elsewhere: ${address}`),
    ...(sideways > 0 ? [`scrolls sideways by ${sideways} px`] : []),
  ]
}

interface AxeResult {
  readonly violations: readonly { readonly id: string; readonly help: string; readonly nodes: readonly { readonly html: string }[] }[]
}

/** Runs axe inside the page; through the debugger, so the page's own policy need not allow it. */
const violations = async (watched: Watched): Promise<readonly string[]> => {
  await ask(watched, axe.source)
  const result = await ask<AxeResult>(watched, 'axe.run(document, { resultTypes: ["violations"] })')
  return result.violations.map(({ id, help, nodes }) => `axe ${id}: ${help} (${nodes.length}×, first ${nodes[0]?.html.slice(0, 160)})`)
}

/** What the tabulator reaches, in order: the text or the label of each stop, until focus leaves the page or comes round. */
export const tabStops = async (watched: Watched, stopsMax = 60): Promise<readonly string[]> => {
  const stops: string[] = []
  for (let stop = 0; stop < stopsMax; stop++) {
    await watched.page.keyboard.press('Tab')
    const at = await ask<string | null>(watched, focused)
    if (at === null) return stops
    stops.push(at)
  }
  return stops
}

const focused = `(() => {
  const active = document.activeElement
  if (active === null || active === document.body) return null
  const { outlineStyle, outlineWidth } = getComputedStyle(active)
  const shown = outlineStyle !== 'none' && outlineWidth !== '0px'
  return (active.getAttribute('aria-label') ?? active.textContent.trim()) + (shown ? '' : ' (focus not shown)')
})()`
