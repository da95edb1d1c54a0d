import { type Browser, openBrowser } from './browser.ts'
import { tests as cluster } from './cluster.e2e.ts'
import { tests as keyboard } from './keyboard.e2e.ts'
import { tests as live } from './live.e2e.ts'
import { tests as looks } from './looks.e2e.ts'
import { tests as setup } from './setup.e2e.ts'
import type { Test } from './tests.ts'

/** No single test takes longer; the slowest draws 30 machines six times. */
const limitMs = 90_000

/** Runs what is named on the command line (part of a name), or everything; the last line says how many passed. */
const main = async (only: readonly string[]): Promise<number> => {
  const chosen = [...keyboard, ...live, ...looks, ...cluster, ...setup].filter(
    ({ name }) => only.length === 0 || only.some((part) => name.includes(part)),
  )
  await using browser = await openBrowser()
  let failed = 0
  for (const test of chosen) failed += (await attempt(test, browser)) ? 0 : 1
  console.log(`e2e: ${chosen.length - failed} passed, ${failed} failed`)
  return failed === 0 && chosen.length > 0 ? 0 : 1
}

const attempt = async ({ name, run }: Test, browser: Browser): Promise<boolean> => {
  const startedMs = performance.now()
  try {
    await Promise.race([run(browser), late()])
    console.log(`ok    ${name} (${Math.round(performance.now() - startedMs)} ms)`)
    return true
  } catch (error) {
    console.log(`FAIL  ${name}\n      ${error instanceof Error ? error.message : String(error)}`)
    return false
  }
}

const late = async (): Promise<never> => {
  await Bun.sleep(limitMs)
  throw new Error(`not done after ${limitMs / 1000} s`)
}

process.exitCode = await main(process.argv.slice(2))
process.exit()
