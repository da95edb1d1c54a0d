import { expect, test } from 'bun:test'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoFolder } from '../../src/demo/folder.ts'

test('what dead demos left behind is removed, but no link that somebody put in its place', () => {
  const before = process.env.TMPDIR
  const place = mkdtempSync(join(tmpdir(), 'bzzz-test-'))
  try {
    process.env.TMPDIR = place
    const [left, link] = [join(place, 'bzzz-demo-4194305-0-a'), join(place, 'bzzz-demo-4194306-0-b')]
    mkdirSync(join(left, 'one'), { recursive: true })
    symlinkSync('/nowhere', link)
    const own = demoFolder()
    const reused = own.replace(/-\d+-(\w+)$/, '-1-$1')
    mkdirSync(reused)
    const made = demoFolder()
    expect([existsSync(own), existsSync(reused)]).toEqual([true, false])
    expect([existsSync(left), lstatSync(link).isSymbolicLink(), existsSync(made)]).toEqual([false, true, true])
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(place, { recursive: true, force: true })
  }
})
