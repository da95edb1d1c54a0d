import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { sixMachines } from '../support/cluster-views.ts'
import { openBrowser } from './browser.ts'
import { openSite } from './site.ts'

/** Draws the pictures of the README from the example cluster: `bun test/e2e/pictures.ts`. */
const folder = join(import.meta.dir, '../../docs/pictures')
mkdirSync(folder, { recursive: true })
// The name says on the picture itself that nobody's cluster is shown.
await using site = openSite({ ...sixMachines, cluster: { id: 'example', name: 'linden, an example' } })
await using browser = await openBrowser()
for (const scheme of ['light', 'dark'] as const) {
  const { page, close } = await browser.open(site.url, { width: 1280, scheme })
  const tableEnd = await page.locator('#machines').boundingBox()
  const height = Math.ceil((tableEnd?.y ?? 0) + (tableEnd?.height ?? 0)) + 40
  await page.screenshot({ path: join(folder, `cluster-${scheme}.png`), fullPage: true, clip: { x: 0, y: 0, width: 1280, height } })
  await close()
}
