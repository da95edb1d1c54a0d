import { longNames, sixMachines } from '../support/cluster-views.ts'
import { ask } from './browser.ts'
import { tabStops } from './check-page.ts'
import { openSite } from './site.ts'
import { same, type Test } from './tests.ts'

export const tests: readonly Test[] = [
  {
    name: 'every link and fold is reached by keyboard, in the order of the page, and shows that it has the focus',
    run: async (browser) => {
      await using site = openSite(sixMachines)
      const watched = await browser.open(site.url, { width: 1280, scheme: 'light' })
      same(
        await tabStops(watched),
        ['Skip to the content', 'linden', 'Cluster', 'All round-trip times', 'atlas', 'juno', 'mini', 'nova', 'pi', 'vega'],
        'tab stops',
      )
      await watched.close()
    },
  },
  {
    name: 'the first stop leads past the navigation',
    run: async (browser) => {
      await using site = openSite(sixMachines)
      const watched = await browser.open(site.url, { width: 1280, scheme: 'light' })
      await watched.page.keyboard.press('Tab')
      await watched.page.keyboard.press('Enter')
      same(await ask(watched, 'document.activeElement.id'), 'main', 'focus')
      await watched.close()
    },
  },
  {
    name: 'the fold of round trips opens by keyboard, scrolls inside itself on a phone, and stays open while the page goes on',
    run: async (browser) => {
      await using site = openSite(longNames)
      const watched = await browser.open(site.url, { width: 320, scheme: 'light' })
      const { page } = watched
      await page.locator('#round-trips summary').focus()
      await page.keyboard.press('Enter')
      same(await ask(watched, 'document.documentElement.scrollWidth > innerWidth'), false, 'the page scrolls sideways')
      same(
        await ask(watched, '(({ scrollWidth, clientWidth }) => scrollWidth > clientWidth)(document.querySelector("#round-trips .scroll"))'),
        true,
        'the table scrolls',
      )
      const trips = longNames.roundTrips.map((trip) => ({ ...trip, ms: trip.ms === null ? null : trip.ms + 0.1 }))
      site.service.show({ ...longNames, roundTrips: trips, leader: longNames.leader && { ...longNames.leader, term: '42' } })
      await page.locator('#map .rtt', { hasText: '0.7 ms' }).waitFor()
      same(await ask(watched, 'document.querySelector("#round-trips").open'), true, 'the fold is open')
      same(await ask(watched, 'document.activeElement.tagName'), 'SUMMARY', 'focus')
      await watched.close()
    },
  },
]
