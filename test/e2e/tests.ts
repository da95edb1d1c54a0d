import type { Browser } from './browser.ts'

/** A behaviour as a sentence; it fails by throwing. */
export interface Test {
  readonly name: string
  readonly run: (browser: Browser) => Promise<void>
}

/** Fails with both values unless they are equal as JSON. */
export const same = (actual: unknown, expected: unknown, what: string): void => {
  const [one, other] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (one !== other) throw new Error(`${what}: expected ${other}, got ${one}`)
}

/** Fails unless `holds`. */
export const ensure = (holds: boolean, what: string): void => {
  if (!holds) throw new Error(what)
}

/** Waits until something holds, for at most five seconds. */
export const soon = async (holds: () => boolean, what: string): Promise<void> => {
  for (let wait = 0; wait < 100; wait++) {
    if (holds()) return
    await Bun.sleep(50)
  }
  throw new Error(`not within 5 s: ${what}`)
}
