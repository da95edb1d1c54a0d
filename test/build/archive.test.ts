import { afterAll, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack, sums } from '../../build/archive.ts'

const folder = mkdtempSync(join(tmpdir(), 'bzzz-archive-'))
afterAll(() => rmSync(folder, { recursive: true }))

const executable = join(folder, 'bzzz')
writeFileSync(executable, '#!/bin/sh\necho buzz\n')
chmodSync(executable, 0o775)
const text = join(folder, 'LICENSE')
writeFileSync(text, 'all of it\n')

test('an archive holds one folder, owned by nobody, with an executable that runs', () => {
  const archive = join(folder, 'bzzz-1.2.3-linux-x64.tar.gz')
  pack(archive, executable, [text], 1_700_000_000)
  const listed = Bun.spawnSync(['tar', '--list', '--verbose', '--numeric-owner', '--utc', '--file', archive])
    .stdout.toString()
    .trim()
    .split('\n')
  expect(listed.map((line) => line.split(/\s+/))).toEqual([
    ['drwxr-xr-x', '0/0', '0', '2023-11-14', '22:13', 'bzzz-1.2.3-linux-x64/'],
    ['-rw-r--r--', '0/0', '10', '2023-11-14', '22:13', 'bzzz-1.2.3-linux-x64/LICENSE'],
    ['-rwxr-xr-x', '0/0', '20', '2023-11-14', '22:13', 'bzzz-1.2.3-linux-x64/bzzz'],
  ])
})

test('packing twice gives the same bytes', async () => {
  const [one, two] = [join(folder, 'one/bzzz.tar.gz'), join(folder, 'two/bzzz.tar.gz')]
  for (const archive of [one, two]) {
    Bun.spawnSync(['mkdir', '-p', join(archive, '..')])
    pack(archive, executable, [text], 1)
  }
  const [first, second] = [await sums([one]), await sums([two])]
  expect(first).toBe(second)
})

test('sha256sum accepts the sums', async () => {
  writeFileSync(join(folder, 'SHA256SUMS'), await sums([text, executable]))
  expect(Bun.spawnSync(['sha256sum', '--check', '--strict', 'SHA256SUMS'], { cwd: folder }).exitCode).toBe(0)
})
