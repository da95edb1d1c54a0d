import { describe, expect, test } from 'bun:test'
import { controls } from './index.ts'
import { tryControl } from './try-control.ts'

/** Each is a process of its own: two at a time. */
const lanes = [Promise.resolve(), Promise.resolve()]

describe('a simulation that cannot fail proves nothing: it notices', () => {
  for (const [at, control] of controls.entries()) {
    const lane = at % lanes.length
    const tried = (lanes[lane] ?? Promise.resolve()).then(() => tryControl(control))
    lanes[lane] = tried.then(
      () => undefined,
      () => undefined,
    )
    test(control.name, async () => {
      const { broken, output } = await tried
      if (broken === null) throw new Error(`Not noticed:\n${output.slice(-1_500)}`)
      expect<readonly string[]>(control.breaks).toContain(broken)
    }, 300_000)
  }
})
