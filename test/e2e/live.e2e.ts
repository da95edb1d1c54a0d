import type { ClusterView } from '../../src/node/view.ts'
import { noCluster, sixMachines } from '../support/cluster-views.ts'
import { ask, type Look } from './browser.ts'
import { shoot } from './check-page.ts'
import { openSite } from './site.ts'
import { ensure, same, soon, type Test } from './tests.ts'

const look: Look = { width: 1280, scheme: 'light' }

const ledBy = (name: string): ClusterView => ({
  ...sixMachines,
  leader: sixMachines.leader && { ...sixMachines.leader, name, because: 'atlas stopped' },
  members: sixMachines.members.map((member) => ({
    ...member,
    leads: member.name === name,
    health: member.name === 'atlas' ? 'down' : member.health,
  })),
})

export const tests: readonly Test[] = [
  {
    name: 'a new leader changes the sentence, the picture and the table, without loading the page again',
    run: async (browser) => {
      await using site = openSite(sixMachines)
      const watched = await browser.open(site.url, look)
      const { page } = watched
      await ask(watched, 'document.body.setAttribute("data-mark", "here")')
      await page.locator('#line').waitFor({ state: 'attached' })
      site.service.show(ledBy('mini'))
      await page.locator('#state .lead', { hasText: 'mini leads since' }).waitFor()
      await page.locator('#machines tr.changed .tag.leads').waitFor({ state: 'attached' })
      same(await page.locator('.node.leads .name').textContent(), 'mini', 'the hexagon')
      same(await page.locator('body').getAttribute('data-mark'), 'here', 'the page was loaded again')
      same([watched.complaints, watched.strangers], [[], []], 'complaints and strangers')
      await shoot(watched, 'live-new-leader')
      await watched.close()
    },
  },
  {
    name: 'only the sentence is spoken: nothing else that changes by itself is a live region',
    run: async (browser) => {
      await using site = openSite(sixMachines)
      const watched = await browser.open(site.url, look)
      const spoken = await ask(
        watched,
        '[...document.querySelectorAll("[role=status], [role=alert], [aria-live]")].map((one) => one.id || one.parentElement.id)',
      )
      same(spoken, ['line', 'state'], 'live regions')
      await watched.close()
    },
  },
  {
    name: 'a cluster that is founded while the page is open appears in it',
    run: async (browser) => {
      await using site = openSite(noCluster)
      const watched = await browser.open(site.url, look)
      const { page } = watched
      await page.locator('#line').waitFor({ state: 'attached' })
      await page.locator('#empty').waitFor({ state: 'visible' })
      site.service.show(sixMachines)
      await page.locator('#place', { hasText: 'linden' }).waitFor()
      await page.locator('#machines').waitFor({ state: 'visible' })
      same(await page.locator('#empty').isVisible(), false, 'the empty place is still there')
      await shoot(watched, 'live-founded')
      await watched.close()
    },
  },
  {
    name: 'a node that dies is named at once, and the page goes on by itself when it is back',
    run: async (browser) => {
      await using site = openSite(sixMachines)
      const watched = await browser.open(site.url, look)
      const { page } = watched
      await page.locator('#line').waitFor({ state: 'attached' })
      site.service.show(ledBy('nova'))
      await page.locator('#state .lead', { hasText: 'nova leads since' }).waitFor()
      await site.kill()
      await page.locator('#line-broken').waitFor({ state: 'visible' })
      same(
        await page.locator('#line-broken').textContent(),
        'mini does not answer at the moment. This page shows what it knew at 14:32:00; it goes on by itself.',
        'note',
      )
      await shoot(watched, 'live-line-broken')
      site.service.show(ledBy('pi'))
      site.revive()
      await page.locator('#state .lead', { hasText: 'pi leads since' }).waitFor({ timeout: 15_000 })
      await page.locator('#line-broken').waitFor({ state: 'hidden' })
      // Only the refused connections may have been complained about.
      same(
        watched.complaints.filter((one) => !/ERR_CONNECTION_REFUSED|ERR_INCOMPLETE_CHUNKED|sse|fetch|network/i.test(one)),
        [],
        'complaints',
      )
      await watched.close()
    },
  },
  {
    name: 'one page too many says why it stands still',
    run: async (browser) => {
      await using site = openSite(sixMachines, { streamsMax: 1 })
      const first = await browser.open(site.url, look)
      await first.page.locator('#line').waitFor({ state: 'attached' })
      await soon(() => site.service.watchers === 1, 'the first page listens')
      const second = await browser.open(site.url, look)
      await second.page.locator('#line-refused').waitFor({ state: 'visible' })
      ensure(
        (await second.page.locator('#line-refused').textContent())?.includes('This machine serves 1 open pages at a time') === true,
        'the reason is missing',
      )
      await shoot(second, 'live-refused')
      await second.close()
      await first.close()
    },
  },
  {
    name: 'pages that are closed give their place back',
    run: async (browser) => {
      await using site = openSite(sixMachines, { streamsMax: 1 })
      for (let round = 0; round < 4; round++) {
        const watched = await browser.open(site.url, look)
        await soon(() => site.service.watchers === 1, 'the page listens')
        same(await watched.page.locator('#line-refused').isVisible(), false, `round ${round}`)
        await watched.close()
        await soon(() => site.service.watchers === 0, 'its place is free')
      }
    },
  },
  {
    name: 'markup that slips into a page gets no power over it',
    run: async (browser) => {
      await using site = openSite(sixMachines)
      const watched = await browser.open(site.url, look)
      // As if a bug had let it through: the policy refuses the script, and htmx the element without the page's nonce.
      const powerless = await ask<boolean>(watched, slipIn)
      ensure(powerless, 'it ran')
      await watched.close()
    },
  },
]

const slipIn = `(async () => {
  const main = document.querySelector('main')
  const slip = document.createElement('div')
  slip.setAttribute('hx-get', '/nodes/nova')
  slip.setAttribute('hx-trigger', 'load')
  main.append(slip)
  htmx.process(slip)
  const script = document.createElement('script')
  try {
    script.textContent = 'window.slipped = true'
    main.append(script)
  } catch {
    // Trusted types refuse the text itself.
  }
  await new Promise((resolve) => setTimeout(resolve, 500))
  return !('slipped' in window) && !slip.textContent.includes('nova')
})()`
