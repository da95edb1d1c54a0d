import { expect, test } from 'bun:test'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readClusterFile, writeClusterFile } from '../../src/node/cluster-file.ts'

const folder = () => mkdtempSync(join(tmpdir(), 'bzzz-test-'))

test('a fresh node belongs to no cluster', () => {
  expect(readClusterFile(folder())).toBeNull()
})

test('what was written is read back, and only its owner may read it', () => {
  const at = folder()
  const content = { genesis: '{}', contacts: [{ peer: 'abc', addresses: ['/ip4/198.18.0.2/tcp/8081'] }] }
  writeClusterFile(at, content)
  expect(readClusterFile(at)).toEqual(content)
  expect(statSync(join(at, 'cluster.json')).mode & 0o777).toBe(0o600)
})

test.each(['', '{', '{"genesis":1,"contacts":[]}', '{"genesis":"","contacts":[],"extra":1}'])(
  'damage is named and left alone: %s',
  (text) => {
    const at = folder()
    writeFileSync(join(at, 'cluster.json'), text)
    expect(() => readClusterFile(at)).toThrow('is damaged')
    expect(readFileSync(join(at, 'cluster.json'), 'utf8')).toBe(text)
  },
)
