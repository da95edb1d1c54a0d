import { fixtures, sixMachines } from '../support/cluster-views.ts'
import { ask, type Look } from './browser.ts'
import { checkPage, shoot } from './check-page.ts'
import { openSite } from './site.ts'
import { ensure, same, type Test } from './tests.ts'

const firstLook: Look = { width: 1280, scheme: 'light' }
const looks: readonly Look[] = [
  firstLook,
  { width: 1280, scheme: 'dark' },
  { width: 800, scheme: 'light' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
  { width: 320, scheme: 'light' },
]

const clusterPages = Object.entries(fixtures).map(
  ([name, view]): Test => ({
    name: `${name} holds in every width and in both themes`,
    run: async (browser) => {
      await using site = openSite(view)
      const watched = await browser.open(site.url, firstLook)
      for (const look of looks) {
        await watched.look(look)
        same(await checkPage(watched, `${name}-${look.scheme}-${look.width}`), [], `${name} ${look.scheme} ${look.width}`)
      }
      await watched.close()
    },
  }),
)

const otherPages = [
  ['nodes/nova', 'machine'],
  ['nodes/vegga', 'unknown-machine'],
].map(
  ([path, name]): Test => ({
    name: `the page /${path} holds in both themes and on a phone`,
    run: async (browser) => {
      await using site = openSite(sixMachines)
      const watched = await browser.open(`${site.url}${path}`, firstLook)
      for (const look of looks) {
        await watched.look(look)
        // A 404 is an error to the console of the browser, and meant.
        const wrong = (await checkPage(watched, `${name}-${look.scheme}-${look.width}`)).filter((one) => !one.includes('404'))
        same(wrong, [], `${name} ${look.scheme} ${look.width}`)
      }
      await watched.close()
    },
  }),
)

export const tests: readonly Test[] = [
  ...clusterPages,
  ...otherPages,
  {
    name: 'without JavaScript the page says the same, and that it stands still',
    run: async (browser) => {
      await using site = openSite(sixMachines)
      const watched = await browser.open(site.url, { width: 1280, scheme: 'light', javaScriptEnabled: false })
      const text = await watched.page.locator('body').textContent()
      for (const part of [
        '6 machines, 4 healthy.',
        'atlas leads since',
        'juno is joining.',
        '38.1 of 62.7',
        '0.86',
        'Without JavaScript it stands still',
      ]) {
        ensure(text?.includes(part) === true, `"${part}" is missing`)
      }
      await shoot(watched, 'no-javascript')
      await watched.close()
    },
  },
  {
    name: 'on paper it is black on white, with everything and without controls, also from the dark theme',
    run: async (browser) => {
      await using site = openSite(sixMachines)
      const watched = await browser.open(site.url, { width: 794, scheme: 'dark' })
      await watched.page.emulateMedia({ media: 'print', colorScheme: 'dark' })
      const paper = await ask(watched, onPaper)
      same(paper, { color: 'rgb(0, 0, 0)', backgroundColor: 'rgb(255, 255, 255)', unseen: true }, 'print')
      await shoot(watched, 'print')
      await watched.close()
    },
  },
  {
    name: 'with forced colours nothing disappears',
    run: async (browser) => {
      await using site = openSite(sixMachines)
      const watched = await browser.open(site.url, { width: 1280, scheme: 'dark' })
      await watched.page.emulateMedia({ forcedColors: 'active' })
      await shoot(watched, 'forced-colours')
      same(watched.complaints, [], 'complaints')
      await watched.close()
    },
  },
]

const onPaper = `(() => {
  const { color, backgroundColor } = getComputedStyle(document.body)
  const unseen = [...document.querySelectorAll('.top nav, .skip')].every((one) => getComputedStyle(one).display === 'none')
  return { color, backgroundColor, unseen }
})()`
