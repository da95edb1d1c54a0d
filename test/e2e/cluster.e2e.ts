import { resolve } from 'node:path'
import { connect } from '../../src/cli/client.ts'
import { formDemo, startNodes } from '../../src/demo/index.ts'
import { ask, type Look } from './browser.ts'
import { checkPage, shoot } from './check-page.ts'
import { ensure, same, type Test } from './tests.ts'

const executable = resolve(import.meta.dirname, '../../build/out/bzzz')
const look: Look = { width: 1280, scheme: 'light' }

export const tests: readonly Test[] = [
  {
    name: 'the executable: a cluster forms, its page is whole, the leader is killed and the open page tells who leads now',
    run: async (browser) => {
      await using demo = await startNodes(3, { command: [executable], connect, webPort: 0 })
      const before = await formDemo(demo.nodes, () => {})
      const leader = before.leader?.name ?? ''
      const witness = demo.nodes.find((node) => node.name !== leader)
      const doomed = demo.nodes.find((node) => node.name === leader)
      const url = witness?.page() ?? ''
      ensure(doomed !== undefined && url !== '', 'there is a leader, and another node with a page')
      for (const [width, scheme] of [
        [1280, 'light'],
        [390, 'dark'],
      ] as const) {
        const looked = await browser.open(url, { width, scheme })
        same(await checkPage(looked, `cluster-real-${width}-${scheme}`), [], `the page at ${width} px, ${scheme}`)
        await looked.close()
      }
      const watched = await browser.open(url, look)
      const { page } = watched
      await page.locator('#state h1', { hasText: '3 machines, 3 healthy.' }).waitFor()
      await page.locator('#state .lead', { hasText: `${leader} leads since` }).waitFor()
      await ask(watched, 'document.body.setAttribute("data-mark", "here")')
      await doomed?.kill()
      await page.locator('#state h1', { hasText: '2 healthy' }).waitFor({ timeout: 15_000 })
      await page.locator('#state .lead', { hasText: `${leader} stopped answering` }).waitFor({ timeout: 15_000 })
      same(await page.locator('body').getAttribute('data-mark'), 'here', 'the page was loaded again')
      await shoot(watched, 'cluster-real-after-kill')
      await doomed?.start()
      await page.locator('#state h1', { hasText: '3 machines, 3 healthy.' }).waitFor({ timeout: 15_000 })
      same([watched.complaints, watched.strangers], [[], []], 'complaints and strangers')
      await watched.close()
    },
  },
]
