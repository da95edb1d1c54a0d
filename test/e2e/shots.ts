import { mkdirSync } from 'node:fs'
import { createPages } from '../../src/web/pages.tsx'
import { fixtures } from '../support/cluster-views.ts'
import { FakeService } from '../support/fake-service.ts'
import { openBrowser } from './browser.ts'

const only = process.argv.slice(2)
mkdirSync('test/e2e/out', { recursive: true })
await using browser = await openBrowser()
for (const [name, view] of Object.entries(fixtures)) {
  if (only.length && !only.includes(name)) continue
  const server = Bun.serve({ port: 0, fetch: createPages(new FakeService(view)).fetch, idleTimeout: 0 })
  for (const [width, scheme] of [[1280,'light'],[390,'light'],[320,'light'],[1280,'dark'],[800,'light']] as const) {
    const w = await browser.open(server.url.href, { width, scheme })
    await w.page.waitForTimeout(300)
    await w.page.screenshot({ path: `test/e2e/out/${name}-${scheme}-${width}.png`, fullPage: true })
    const over = await w.page.evaluate('document.documentElement.scrollWidth - innerWidth')
    console.log(name, width, scheme, w.complaints, w.strangers, over)
    await w.close()
  }
  await server.stop(true)
}
