import { expect, test } from 'bun:test'
import { createDecipheriv, createHmac, createPrivateKey, createPublicKey, diffieHellman } from 'node:crypto'
import { canonical } from '../../src/base/index.ts'
import { freshSealingKey, seal, unseal } from '../../src/keys/index.ts'

const plain = new TextEncoder().encode('a share of something')
const sealing = { purpose: 'share', context: { cluster: 'c', index: 3 } }

/** RFC 9180 base mode, written from its text over node:crypto alone: a second opinion on what `seal` makes. */
const openByTheBook = (sealed: string, key: { publicKey: string; privateKey: Uint8Array }, info: Buffer, associated: Buffer): Buffer => {
  const bytes = Buffer.from(sealed, 'base64url')
  const [enc, ct] = [bytes.subarray(0, 32), bytes.subarray(32)]
  const extract = (salt: Buffer, suite: Buffer, label: string, ikm: Buffer) =>
    createHmac('sha256', salt.length === 0 ? Buffer.alloc(32) : salt)
      .update(Buffer.concat([Buffer.from('HPKE-v1'), suite, Buffer.from(label), ikm]))
      .digest()
  const expand = (prk: Buffer, suite: Buffer, label: string, given: Buffer, length: number) => {
    const size = Buffer.from([length >> 8, length & 255])
    const labelled = Buffer.concat([size, Buffer.from('HPKE-v1'), suite, Buffer.from(label), given, Buffer.from([1])])
    return createHmac('sha256', prk).update(labelled).digest().subarray(0, length)
  }
  const kem = Buffer.concat([Buffer.from('KEM'), Buffer.from([0, 32])])
  const hpke = Buffer.concat([Buffer.from('HPKE'), Buffer.from([0, 32, 0, 1, 0, 2])])
  const privateKey = createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b656e04220420', 'hex'), key.privateKey]),
    format: 'der',
    type: 'pkcs8',
  })
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: enc.toString('base64url') }, format: 'jwk' })
  const dh = diffieHellman({ privateKey, publicKey })
  const empty = Buffer.alloc(0)
  const context = Buffer.concat([enc, Buffer.from(key.publicKey, 'base64url')])
  const shared = expand(extract(empty, kem, 'eae_prk', dh), kem, 'shared_secret', context, 32)
  const schedule = Buffer.concat([Buffer.from([0]), extract(empty, hpke, 'psk_id_hash', empty), extract(empty, hpke, 'info_hash', info)])
  const secret = extract(shared, hpke, 'secret', empty)
  const decipher = createDecipheriv(
    'aes-256-gcm',
    expand(secret, hpke, 'key', schedule, 32),
    expand(secret, hpke, 'base_nonce', schedule, 12),
  )
  decipher.setAAD(associated)
  decipher.setAuthTag(ct.subarray(-16))
  return Buffer.concat([decipher.update(ct.subarray(0, -16)), decipher.final()])
}

test('a second implementation opens what is sealed, with purpose as info and context as associated data', async () => {
  const key = freshSealingKey()
  const sealed = await seal(plain, key.publicKey, sealing)
  const opened = openByTheBook(
    sealed,
    { publicKey: key.publicKey, privateKey: key.privateKey.reveal() },
    Buffer.from('bzzz:share'),
    Buffer.from(canonical(sealing.context)),
  )
  expect(opened.toString()).toBe('a share of something')
})

test('what was sealed opens again, and every sealing is different', async () => {
  const key = freshSealingKey()
  const [one, two] = [await seal(plain, key.publicKey, sealing), await seal(plain, key.publicKey, sealing)]
  expect(one).not.toBe(two)
  expect(await unseal(one, key.privateKey, sealing)).toEqual(plain)
})

test('another key, purpose or context, and any altered byte, open nothing', async () => {
  const key = freshSealingKey()
  const sealed = await seal(plain, key.publicKey, sealing)
  const refused = async (text: string, by = key.privateKey, how: Parameters<typeof unseal>[2] = sealing) =>
    await expect(unseal(text, by, how)).rejects.toThrow('not sealed to this key')
  await refused(sealed, freshSealingKey().privateKey)
  await refused(sealed, key.privateKey, { ...sealing, purpose: 'keyring' })
  await refused(sealed, key.privateKey, { ...sealing, context: { cluster: 'c', index: 4 } })
  const bytes = Buffer.from(sealed, 'base64url')
  for (const at of [0, 31, 32, bytes.length - 1]) {
    const altered = Buffer.from(bytes)
    altered[at] = (altered[at] ?? 0) ^ 1
    await refused(altered.toString('base64url'))
  }
  for (const short of ['', 'AA', sealed.slice(0, 40)]) await refused(short)
})

test('only an X25519 key is sealed to', async () => {
  await expect(seal(plain, 'nonsense', sealing)).rejects.toThrow('not an X25519 public key')
})
