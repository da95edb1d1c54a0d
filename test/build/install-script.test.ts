import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { filledScript } from '../../build/install-script.ts'

const template = readFileSync(join(import.meta.dir, '../../install.sh'), 'utf8')
const values = { version: '1.2.3', release: 'https://host/r', sums: 'aa  x.tar.gz\nbb  y.tar.gz\n', key: '-----BEGIN\nk$&\n-----END\n' }

test('a release fills in version, place, sums and key, and changes nothing else', () => {
  const script = filledScript(template, values)
  expect(script).toContain(
    "version='1.2.3'\nrelease='https://host/r'\nsums='aa  x.tar.gz\nbb  y.tar.gz'\nkey='-----BEGIN\nk$&\n-----END'\n",
  )
  expect(script.split('# --- end of release')[1]).toBe(template.split('# --- end of release')[1])
})

test('a value that would end its quotes is refused', () => {
  expect(() => filledScript(template, { ...values, release: "'; rm -rf /; '" })).toThrow('has a quote')
})

test('nothing happens before the last line, so half a script does nothing', () => {
  expect(template.trimEnd().split('\n').at(-1)).toBe('main "$@"')
  const lines = template.trimEnd().split('\n')
  for (let kept = 1; kept < lines.length; kept += 7) {
    const run = Bun.spawnSync(['/bin/sh'], { stdin: Buffer.from(lines.slice(0, kept).join('\n')), env: { PATH: '/nowhere' } })
    expect(run.stdout.toString()).toBe('')
  }
})

test('the script of the source vouches for nothing and says what to do', () => {
  const run = Bun.spawnSync(['sh', join(import.meta.dir, '../../install.sh')])
  expect([run.exitCode, run.stderr.toString()]).toEqual([1, expect.stringContaining('--from-source')])
})

test.skipIf(Bun.which('shellcheck') === null)('shellcheck has nothing to say', () => {
  const run = Bun.spawnSync(['shellcheck', '--shell=sh', join(import.meta.dir, '../../install.sh')])
  expect(run.stdout.toString()).toBe('')
})
