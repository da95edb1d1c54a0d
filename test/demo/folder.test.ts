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
    const [left, link] = [join(place, 'bzzz-demo-4194305-a'), join(place, 'bzzz-demo-4194306-b')]
    mkdirSync(join(left, 'one'), { recursive: true })
    symlinkSync('/nowhere', link)
    const made = demoFolder()
    expect([existsSync(left), lstatSync(link).isSymbolicLink(), existsSync(made)]).toEqual([false, true, true])
  } finally {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
    rmSync(place, { recursive: true, force: true })
  }
})
