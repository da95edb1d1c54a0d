import { describe, expect, test } from 'bun:test'
import { publicKeyFromRaw } from '@libp2p/crypto/keys'
import { peerIdFromPublicKey } from '@libp2p/peer-id'
import fc from 'fast-check'
import { asPeerId } from '../../src/base/index.ts'
import { ed25519, freshSigner, peerOf, publicKeyOf, signerOf } from '../../src/keys/index.ts'

const fromHex = (hex: string) => new Uint8Array(Buffer.from(hex, 'hex'))
const urlOf = (hex: string) => Buffer.from(hex, 'hex').toString('base64url')

test('keys and signatures are those of RFC 8032, section 7.1', () => {
  const first = signerOf(fromHex('9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60'))
  expect(first.publicKey).toBe(urlOf('d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a'))
  const signature = first.sign('')
  expect(signature).toBe(
    urlOf(
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ),
  )
  expect(ed25519.verify(first.publicKey, '', signature)).toBe(true)
  expect(ed25519.verify(first.publicKey, 'x', signature)).toBe(false)
})

test('every other spelling of a signature or key is refused', () => {
  const signer = freshSigner()
  const signature = signer.sign('text')
  for (const other of [
    `${signature}=`,
    ` ${signature.slice(1)}`,
    signature.slice(0, -1),
    '',
    signature.replace(/.$/, '_'),
    '+'.repeat(86),
  ]) {
    expect(ed25519.verify(signer.publicKey, 'text', other)).toBe(false)
  }
  for (const key of ['', 'x', `${signer.publicKey}=`, '!'.repeat(43)]) expect(ed25519.verify(key, 'text', signature)).toBe(false)
})

test('a peer id gives back the key it was made from', () => {
  const { publicKey } = freshSigner()
  const peer = peerOf(publicKey)
  expect(peer).toStartWith('12D3KooW')
  expect(publicKeyOf(peer)).toBe(publicKey)
  expect(publicKeyOf(peer)).toBe(publicKey)
})

test('what is no Ed25519 peer id has no key', () => {
  const peer = peerOf(freshSigner().publicKey)
  const hostile = [
    '',
    '__proto__',
    'constructor',
    `${peer}1`,
    peer.slice(1),
    ` ${peer}`,
    'QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N',
    '1'.repeat(1e6),
  ]
  for (const text of hostile) expect(publicKeyOf(asPeerId(text))).toBeUndefined()
  fc.assert(fc.property(fc.string(), (text) => publicKeyOf(asPeerId(text)) === undefined))
  expect(() => peerOf('short')).toThrow('not an Ed25519 public key')
})

describe('a key under which anybody could sign', () => {
  const ys = ['00'.repeat(32), `01${'00'.repeat(31)}`, `ec${'ff'.repeat(30)}7f`, `ed${'ff'.repeat(30)}7f`, `ee${'ff'.repeat(30)}7f`]
  const eighths = [
    '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
    'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  ]
  const signed = (hex: string) => Buffer.from(hex, 'hex').toString('base64url')
  const negative = (hex: string) => {
    const bytes = Buffer.from(hex, 'hex')
    bytes.writeUInt8(bytes.readUInt8(31) | 0x80, 31)
    return bytes.toString('base64url')
  }
  const one = Buffer.concat([Buffer.from([1]), Buffer.alloc(63)]).toString('base64url')

  test.each([...ys, ...eighths].flatMap((hex) => [signed(hex), negative(hex)]))('%s proves nothing and is no node', (key) => {
    for (let n = 0; n < 16; n++) expect(ed25519.verify(key, `anything ${n}`, one)).toBe(false)
    expect(() => peerOf(key)).toThrow('not an Ed25519 public key')
  })

  test('is no node either where its peer id was made elsewhere', () => {
    const made = peerIdFromPublicKey(publicKeyFromRaw(Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]))).toString()
    expect(publicKeyOf(asPeerId(made))).toBeUndefined()
  })
})

test('a signature is neither bent into a second one, nor a key spelled in a second way', () => {
  const signer = freshSigner()
  const signature = Buffer.from(signer.sign('text'), 'base64url')
  let s =
    BigInt(`0x${Buffer.from(signature.subarray(32)).reverse().toString('hex')}`) + 2n ** 252n + 27742317777372353535851937790883648493n
  for (let at = 32; at < 64; at++, s >>= 8n) signature.writeUInt8(Number(s & 255n), at)
  expect(ed25519.verify(signer.publicKey, 'text', signature.toString('base64url'))).toBe(false)
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
  const last = letters.indexOf(signer.publicKey.slice(-1))
  for (const spare of [1, 2, 3]) {
    const respelled = signer.publicKey.slice(0, -1) + letters[last + spare]
    expect(ed25519.verify(respelled, 'text', signer.sign('text'))).toBe(false)
  }
})
