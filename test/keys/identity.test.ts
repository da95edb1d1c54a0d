import { afterEach, expect, test } from 'bun:test'
import { chmodSync, chownSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { privateKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { isFault } from '../../src/base/index.ts'
import { ed25519, loadOrCreateIdentity, publicKeyOf, seal, unseal } from '../../src/keys/index.ts'

const folders: string[] = []
const emptyFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'bzzz-keys-'))
  folders.push(folder)
  return folder
}
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true })
})

const faultOf = (act: () => unknown) => {
  try {
    act()
  } catch (error) {
    if (isFault(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

test('the first start makes keys, every later one finds the same', () => {
  const folder = emptyFolder()
  const first = loadOrCreateIdentity(folder)
  const again = loadOrCreateIdentity(folder, { mayCreate: false })
  expect(again.peer).toBe(first.peer)
  expect(again.sealing.publicKey).toBe(first.sealing.publicKey)
  expect(publicKeyOf(first.peer)).toBe(first.signer.publicKey)
  expect(ed25519.verify(first.signer.publicKey, 'x', again.signer.sign('x'))).toBe(true)
})

test('libp2p takes the raw key and finds the same peer', () => {
  const keys = loadOrCreateIdentity(emptyFolder())
  expect(String(peerIdFromPrivateKey(privateKeyFromRaw(keys.privateKeyRaw.reveal())))).toBe(keys.peer)
})

test('what is sealed to the sealing key opens with it', async () => {
  const { sealing } = loadOrCreateIdentity(emptyFolder())
  const sealed = await seal(new Uint8Array([1, 2]), sealing.publicKey, { purpose: 'test', context: null })
  expect(await unseal(sealed, sealing.privateKey, { purpose: 'test', context: null })).toEqual(new Uint8Array([1, 2]))
})

test('the file is private, and nothing else is left in the folder', () => {
  const folder = join(emptyFolder(), 'deep', 'keys')
  loadOrCreateIdentity(folder)
  expect(readdirSync(folder)).toEqual(['identity.json'])
  expect(statSync(join(folder, 'identity.json')).mode & 0o777).toBe(0o600)
  expect(statSync(folder).mode & 0o777).toBe(0o700)
})

test('private halves do not show themselves', () => {
  const keys = loadOrCreateIdentity(emptyFolder())
  const seen = `${inspect(keys, { depth: 9 })}${JSON.stringify(keys)}`
  const raw = Buffer.from(keys.privateKeyRaw.reveal().subarray(0, 32))
  for (const secret of [raw.toString('base64url'), raw.toString('hex')]) expect(seen).not.toContain(secret)
})

test('a file others may read is refused with the command that helps', () => {
  const folder = emptyFolder()
  loadOrCreateIdentity(folder)
  const path = join(folder, 'identity.json')
  const before = readFileSync(path, 'utf8')
  chmodSync(path, 0o640)
  const fault = faultOf(() => loadOrCreateIdentity(folder))
  expect([fault.code, fault.hint]).toEqual(['loose-permissions', `chmod 600 ${path}`])
  chmodSync(path, 0o600)
  chmodSync(folder, 0o755)
  expect(faultOf(() => loadOrCreateIdentity(folder)).hint).toBe(`chmod 700 ${folder}`)
  chmodSync(folder, 0o700)
  expect(readFileSync(path, 'utf8')).toBe(before)
})

test.if(process.getuid?.() === 0)("another user's file is refused", () => {
  const folder = emptyFolder()
  loadOrCreateIdentity(folder)
  chownSync(join(folder, 'identity.json'), 12345, 12345)
  expect(faultOf(() => loadOrCreateIdentity(folder)).code).toBe('wrong-owner')
})

test('a link to a folder is followed, and looked at where it leads', () => {
  const [real, link] = [emptyFolder(), join(emptyFolder(), 'link')]
  symlinkSync(real, link)
  expect(loadOrCreateIdentity(link).peer).toBe(loadOrCreateIdentity(real).peer)
  chmodSync(real, 0o755)
  expect(faultOf(() => loadOrCreateIdentity(link)).code).toBe('loose-permissions')
})

test('a damaged file is refused and stays as it is', () => {
  const folder = emptyFolder()
  loadOrCreateIdentity(folder)
  const path = join(folder, 'identity.json')
  const good = readFileSync(path, 'utf8')
  const file = JSON.parse(good)
  const flipped = (key: string) => (key.startsWith('A') ? `B${key.slice(1)}` : `A${key.slice(1)}`)
  for (const bad of [
    '',
    good.slice(0, 50),
    '{}',
    'null',
    '\0'.repeat(300),
    JSON.stringify({ ...file, node: { ...file.node, private: flipped(file.node.private) } }),
    JSON.stringify({ ...file, sealing: { ...file.sealing, private: flipped(file.sealing.private) } }),
    JSON.stringify({ ...file, extra: true }),
  ]) {
    writeFileSync(path, bad)
    expect(faultOf(() => loadOrCreateIdentity(folder)).code).toBe('damaged-identity')
    expect(readFileSync(path, 'utf8')).toBe(bad)
  }
  writeFileSync(path, 'x'.repeat(10_000))
  expect(faultOf(() => loadOrCreateIdentity(folder)).code).toBe('too-large')
})

test('a link or a folder in its place is refused, a missing file only where it must exist', () => {
  const folder = emptyFolder()
  symlinkSync('/etc/passwd', join(folder, 'identity.json'))
  expect(faultOf(() => loadOrCreateIdentity(folder)).code).toBe('not-a-file')
  expect(faultOf(() => loadOrCreateIdentity(emptyFolder(), { mayCreate: false })).code).toBe('no-identity')
})
