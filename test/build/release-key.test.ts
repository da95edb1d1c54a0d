import { expect, test } from 'bun:test'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { publicHalf, releaseKey, signature } from '../../build/release-key.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
const base64 = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64')

test('no key is no key, whether unset or empty', () => {
  expect(releaseKey(undefined)).toBeNull()
  expect(releaseKey(' \n')).toBeNull()
})

test('PEM and base64 of DER are the same key', () => {
  const [one, two] = [releaseKey(pem), releaseKey(base64)]
  if (one === null || two === null) throw new Error('both are keys')
  expect(publicHalf(one)).toBe(publicHalf(two))
})

test.each([
  ['text that is no key', 'hunter2'],
  ['a damaged PEM', pem.replace('MC4CAQ', 'AAAAAA')],
  ['a key of another kind', generateKeyPairSync('x25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()],
  ['a public key', publicHalf(privateKey)],
])('%s is refused without being shown', (_, text) => {
  const attempt = () => releaseKey(text)
  expect(attempt).toThrow('BZZZ_RELEASE_KEY is not an Ed25519 private key.')
  expect(attempt).not.toThrow(text.trim())
})

test.skipIf(Bun.which('openssl') === null)('openssl accepts the signature of SHA256SUMS, and refuses it for a changed one', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bzzz-key-'))
  try {
    const sums = Buffer.from(`${'a'.repeat(64)}  bzzz-0.1.0-linux-x64.tar.gz\n`)
    writeFileSync(join(folder, 'SHA256SUMS'), sums)
    writeFileSync(join(folder, 'SHA256SUMS.sig'), signature(privateKey, sums))
    writeFileSync(join(folder, 'release-key.pem'), publicHalf(privateKey))
    const verify = () =>
      Bun.spawnSync('openssl pkeyutl -verify -rawin -pubin -inkey release-key.pem -in SHA256SUMS -sigfile SHA256SUMS.sig'.split(' '), {
        cwd: folder,
      }).exitCode
    expect(verify()).toBe(0)
    writeFileSync(join(folder, 'SHA256SUMS'), sums.toString().replace('a', 'b'))
    expect(verify()).not.toBe(0)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
