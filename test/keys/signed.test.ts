import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { z } from 'zod'
import { asClusterId, canonical, isFault } from '../../src/base/index.ts'
import { ed25519, freshSigner, open, prove, sign } from '../../src/keys/index.ts'

const cluster = asClusterId('a'.repeat(32))
const schema = z.strictObject({ kind: z.literal('note'), cluster: z.string(), text: z.string(), more: z.json().optional() })
const expected = { kind: 'note', cluster, bytesMax: 4096, schema }
const signer = freshSigner()
const signed = sign(signer, 'note', cluster, { text: 'hello' })

const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (isFault(error)) return error.code
    throw error
  }
  return 'accepted'
}
/** A text whose signature is right, whatever its body is. */
const signedBody = (body: string) => `{"body":${body},"by":"${signer.publicKey}","signature":"${signer.sign(body)}"}`

test('what was signed opens to what it was, and names who signed', () => {
  const { by, body } = open(signed, expected, ed25519)
  expect(by).toBe(signer.publicKey)
  expect(body).toEqual({ kind: 'note', cluster, text: 'hello' })
  expect(JSON.parse(signed).body).toEqual(body)
})

test('the same thing is signed to the same text, whatever order its fields come in', () => {
  expect(sign(signer, 'note', cluster, { text: 'a', more: { b: 1, a: 2 } })).toBe(
    sign(signer, 'note', cluster, { more: { a: 2, b: 1 }, text: 'a' }),
  )
})

test('any altered character is noticed', () => {
  fc.assert(
    fc.property(fc.nat(signed.length - 1), fc.constantFrom('a', '"', '}', ' ', '\\', '_'), (at, to) => {
      if (signed[at] === to) return
      expect(codeOf(() => open(signed.slice(0, at) + to + signed.slice(at + 1), expected, ed25519))).not.toBe('accepted')
    }),
  )
})

test('garbage of any kind is refused with a fault', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => {
      expect(codeOf(() => open(text, expected, ed25519))).toMatch(/^(not-signed|bad-signature|too-large)$/)
      expect(codeOf(() => open(signedBody(text), expected, ed25519))).toMatch(/^(not-signed|bad-signature|bad-body|other-cluster)$/)
    }),
  )
})

test('another kind, another cluster, another key are told apart', () => {
  expect(codeOf(() => open(sign(signer, 'other', cluster, { text: 'x' }), expected, ed25519))).toBe('bad-body')
  expect(codeOf(() => open(sign(signer, 'note', asClusterId('b'.repeat(32)), { text: 'x' }), expected, ed25519))).toBe('other-cluster')
  const stolen = signed.replace(signer.publicKey, freshSigner().publicKey)
  expect(codeOf(() => open(stolen, expected, ed25519))).toBe('bad-signature')
})

test('a body that is not canonical is refused though its signature is right', () => {
  for (const body of [
    `{"cluster":"${cluster}","kind":"note","text":"a","text":"b"}`,
    `{"kind":"note","cluster":"${cluster}","text":"a"}`,
    `{"cluster": "${cluster}","kind":"note","text":"a"}`,
    `{"__proto__":{"x":1},"cluster":"${cluster}","kind":"note","text":"a"}`,
    `{"cluster":"${cluster}","kind":"note","more":{"__proto__":{"x":1}},"text":"a"}`.replace('{"__proto__":{"x":1}}', '{"b":1,"a":2}'),
    `{"cluster":"${cluster}","extra":1,"kind":"note","text":"a"}`,
    `{"cluster":"${cluster}","kind":"note"}`,
    '[]',
    'null',
    '"note"',
  ]) {
    expect([body, codeOf(() => open(signedBody(body), expected, ed25519))]).toEqual([body, 'bad-body'])
  }
  expect(({} as { x?: number }).x).toBeUndefined()
})

test('size is capped before anything is verified, in bytes and not in characters', () => {
  let asked = 0
  const counting = { ...ed25519, verify: () => ++asked > 0 }
  expect(codeOf(() => prove(sign(signer, 'note', cluster, { text: 'x'.repeat(5000) }), 4096, counting))).toBe('too-large')
  expect(codeOf(() => prove(sign(signer, 'note', cluster, { text: '€'.repeat(1500) }), 4096, counting))).toBe('too-large')
  expect(asked).toBe(0)
})

test('nothing is parsed before it is proven', () => {
  const deep = '['.repeat(1000)
  expect(codeOf(() => open(signed.replace('"hello"', deep), expected, ed25519))).toBe('bad-signature')
})

test('deep nesting is refused alike on every machine', () => {
  const nested = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
  expect(codeOf(() => open(sign(signer, 'note', cluster, { text: '', more: nested(20) }), expected, ed25519))).toBe('accepted')
  const body = `{"cluster":"${cluster}","kind":"note","more":${'['.repeat(1500)}${']'.repeat(1500)},"text":""}`
  expect(codeOf(() => open(signedBody(body), expected, ed25519))).toBe('bad-body')
})

test('a lone surrogate, which has no bytes of its own, is refused', () => {
  const replaced = signedBody(canonical({ cluster, kind: 'note', text: '\ufffd' }))
  expect(codeOf(() => open(replaced, expected, ed25519))).toBe('accepted')
  expect(codeOf(() => open(replaced.replace('\ufffd', '\ud800'), expected, ed25519))).toBe('not-signed')
})
