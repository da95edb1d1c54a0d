import { resolve } from 'node:path'
import { freePort } from '../../src/demo/free-port.ts'
import { type FreshNode, freshNode } from '../support/fresh-node.ts'
import { ask, type Watched } from './browser.ts'
import { checkPage, shoot } from './check-page.ts'
import { ensure, same, type Test } from './tests.ts'

const executable = resolve(import.meta.dirname, '../../build/out/bzzz')
const own = 'Bienen summen um 7 Linden'

const words = async ({ page }: Watched): Promise<readonly string[]> => page.locator('.words span').allTextContents()

/** The whole way of one person through the pages, as `step` looks at each. */
const walk = async (watched: Watched, step: (name: string) => Promise<void>, press: (name: string) => Promise<void>): Promise<void> => {
  const { page } = watched
  await page.waitForURL('**/setup/machine')
  await step('machine')
  await page.fill('#name', 'atlas')
  await page.fill('#zone', 'attic')
  await press('Keep this, go on')
  await page.waitForURL('**/setup/cluster')
  await step('cluster')
  await page.fill('#cluster', 'linden')
  await press('Use this name')
  await page.waitForURL('**/setup/operator')
  await step('operator')
  await page.fill('#name', 'mara')
  await page.fill('#passphrase', own)
  await page.fill('#again', own)
  await press('Make my keys')
  await page.waitForURL('**/setup/master-key')
  await step('master-before')
  await press('Show the 24 words')
  await page.locator('.words').waitFor()
  const sheet = await words(watched)
  same(sheet.length, 24, 'words')
  await step('master-sheet')
  await page.goto(new URL('/setup/confirm', page.url()).href)
  const shown = (await page.locator('body').textContent()) ?? ''
  ensure(!sheet.every((word) => shown.includes(word)), 'the page that asks does not show the words')
  await step('confirm')
  for (const field of await page.locator('input[name^=w]').all()) {
    const place = Number((await field.getAttribute('name'))?.slice(1))
    await field.fill(sheet[place - 1] ?? '')
  }
  await press('The sheet is right, make the cluster')
  await page.waitForURL((url) => url.pathname === '/')
  await page
    .locator('#state h1', { hasText: '1 machine, healthy.' })
    .waitFor({ timeout: 5_000 })
    .catch(async () => {
      throw new Error(`the cluster page says: ${await page.locator('main').textContent()}`)
    })
  await page.locator('#keys', { hasText: 'not yet split' }).waitFor()
  await step('done')
}

const newNode = async (): Promise<FreshNode> => freshNode([executable], ['--mesh-port', `${freePort(0)}`])

const link = async (node: FreshNode): Promise<string> => `${node.url()}setup#t=${(await node.client.setup.link(false)).code}`

/** Presses a button or link by Tab and Enter alone. */
const byKeyboard =
  (watched: Watched) =>
  async (name: string): Promise<void> => {
    for (let stop = 0; stop < 60; stop++) {
      if ((await ask<string>(watched, 'document.activeElement.textContent.trim()')) === name) return watched.page.keyboard.press('Enter')
      await watched.page.keyboard.press('Tab')
    }
    throw new Error(`"${name}" is not reached by Tab`)
  }

export const tests: readonly Test[] = [
  ...(
    [
      [1280, 'light'],
      [390, 'dark'],
    ] as const
  ).map(
    ([width, scheme]): Test => ({
      name: `set-up from the link to a cluster of one, by keyboard, at ${width} px`,
      run: async (browser) => {
        await using node = await newNode()
        const watched = await browser.open(`${node.url()}setup`, { width, scheme })
        same(await checkPage(watched, `setup-claim-${width}`), [], 'claim')
        await watched.page.goto('about:blank')
        await watched.page.goto(await link(node))
        const look = async (name: string) => same(await checkPage(watched, `setup-${name}-${width}`), [], name)
        await walk(watched, look, byKeyboard(watched))
        const again = await watched.page.request.get(`${node.url()}setup`)
        same(again.status(), 404, 'set-up afterwards')
        await watched.close()
      },
    }),
  ),
  {
    name: 'set-up works without JavaScript, the code typed',
    run: async (browser) => {
      await using node = await newNode()
      const watched = await browser.open(`${node.url()}setup`, { width: 1280, scheme: 'light', javaScriptEnabled: false })
      const { page } = watched
      await page.fill('#code', (await node.client.setup.link(false)).code.toLowerCase().replaceAll('-', ' '))
      await page.getByRole('button').click()
      await walk(
        watched,
        async () => undefined,
        (name) => page.getByRole('button', { name }).click(),
      )
      same(watched.complaints, [], 'complaints')
      await watched.close()
    },
  },
  {
    name: 'what is wrong stands beside its field, on paper there is the sheet alone, and back leads back',
    run: async (browser) => {
      await using node = await freshNode([executable])
      const watched = await browser.open(await link(node), { width: 1280, scheme: 'light' })
      const { page } = watched
      await page.waitForURL('**/setup/machine')
      await page.fill('#name', 'Atlas!')
      await page.fill('#meshPort', '70000')
      await page.getByRole('button', { name: 'Keep this' }).click()
      await page.locator('#meshPort-problem').waitFor()
      same(await page.locator('#name').getAttribute('aria-invalid'), 'true', 'the name is marked')
      same(await page.locator('#name').inputValue(), 'Atlas!', 'what was typed stays')
      await shoot(watched, 'setup-problems')
      await page.fill('#name', 'atlas')
      await page.fill('#meshPort', '18099')
      await page.getByRole('button', { name: 'Keep this' }).click()
      await page.fill('#cluster', 'linden')
      await page.getByRole('button', { name: 'Use this name' }).click()
      await page.waitForURL('**/setup/operator')
      await page.getByRole('link', { name: 'This machine' }).click()
      same(await page.locator('#meshPort').inputValue(), '18099', 'the draft')
      await page.goBack()
      await page.fill('#name', 'mara')
      await page.fill('#passphrase', 'short')
      ensure(((await page.locator('#strength').textContent()) ?? '').includes('23 bits'), 'the strength is shown')
      await page.fill('#again', 'short')
      await page.getByRole('button', { name: 'Make my keys' }).click()
      await page.locator('#passphrase-problem').waitFor()
      same(await page.locator('#passphrase').inputValue(), '', 'a passphrase never comes back')
      same(await checkPage(watched, 'setup-weak-passphrase').then((all) => all.filter((one) => !one.includes('422'))), [], 'weak')
      await page.fill('#passphrase', own)
      await page.fill('#again', own)
      await page.getByRole('button', { name: 'Make my keys' }).click()
      await page.waitForURL('**/setup/master-key')
      await page.getByRole('button', { name: 'Show the 24 words' }).click()
      await page.locator('.words').waitFor()
      await page.emulateMedia({ media: 'print' })
      await page.locator('summary').evaluate('(summary) => { summary.parentElement.open = false }')
      same(
        await ask(
          watched,
          '[...document.querySelectorAll(".top, .steps, .paper, .note, .acts")].every((one) => getComputedStyle(one).display === "none" || one.offsetParent === null)',
        ),
        true,
        'nothing but the sheet',
      )
      await shoot(watched, 'setup-print')
      await watched.close()
    },
  },
]
