import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

/** Debian's Chromium; nothing is downloaded, and it talks to nobody but the pages it is given. */
const executablePath = '/usr/bin/chromium'
const args = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export interface Look {
  readonly width: number
  readonly scheme: 'light' | 'dark'
  readonly javaScriptEnabled?: boolean
  readonly reducedMotion?: 'reduce' | 'no-preference'
}

/** A page together with everything it complained about or asked elsewhere for. */
export interface Watched {
  readonly page: Page
  /** Console errors and warnings, exceptions, violations of the policy, failed requests. */
  readonly complaints: readonly string[]
  /** Addresses outside the page's origin that were asked for. */
  readonly strangers: readonly string[]
  /** Another width and theme, without loading the page again. */
  look(look: Pick<Look, 'width' | 'scheme'>): Promise<void>
  close(): Promise<void>
}

export interface Browser extends AsyncDisposable {
  open(url: string, look: Look): Promise<Watched>
}

/** Starts a browser with a fresh profile, removed when disposed of. */
export const openBrowser = async (): Promise<Browser> => {
  const profile = mkdtempSync(join(tmpdir(), 'bzzz-e2e-'))
  const browser = await chromium.launch({ executablePath, args: [...args, `--disk-cache-dir=${profile}`], timeout: 60_000 })
  return {
    open: async (url, look) => {
      const context = await browser.newContext(contextOptions(look))
      return watch(context, await context.newPage(), url)
    },
    [Symbol.asyncDispose]: async () => {
      await browser.close()
      rmSync(profile, { recursive: true, force: true })
    },
  }
}

const viewport = (width: number) => ({ width, height: width < 600 ? 844 : 900 })

const contextOptions = ({ width, scheme, javaScriptEnabled = true, reducedMotion = 'reduce' }: Look): BrowserContextOptions => ({
  viewport: viewport(width),
  colorScheme: scheme,
  reducedMotion,
  javaScriptEnabled,
  deviceScaleFactor: 1,
  timezoneId: 'UTC',
  locale: 'en-GB',
})

const watch = async (context: BrowserContext, page: Page, url: string): Promise<Watched> => {
  const complaints: string[] = []
  const strangers: string[] = []
  const origin = new URL(url).origin
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`))
  page.on('request', (request) => {
    if (new URL(request.url()).origin !== origin) strangers.push(request.url())
  })
  // Event streams never end, so "load" is all that can be waited for.
  await page.goto(url, { waitUntil: 'load' })
  const look: Watched['look'] = async ({ width, scheme }) => {
    await page.emulateMedia({ colorScheme: scheme })
    await page.setViewportSize(viewport(width))
  }
  return { page, complaints, strangers, look, close: () => context.close() }
}

/** The value of an expression inside the page. Written as text, because the types of our own code know no document. */
export const ask = <Answer>({ page }: Pick<Watched, 'page'>, expression: string): Promise<Answer> =>
  // What an expression yields is for the caller to know.
  page.evaluate(expression) as Promise<Answer>
