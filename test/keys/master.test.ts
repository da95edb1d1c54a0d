import { expect, test } from 'bun:test'
import { hkdfSync } from 'node:crypto'
import { Secret } from '../../src/base/index.ts'
import { freshMaster, masterFromWords, masterKeys, masterWords, sheetMark } from '../../src/keys/index.ts'

const zero = new Secret(new Uint8Array(32))
const ones = new Secret(new Uint8Array(32).fill(0xff))

// From the test vectors of BIP-39 (trezor/python-mnemonic, vectors.json).
test.each([
  [zero, `${'abandon '.repeat(23)}art`],
  [ones, `${'zoo '.repeat(23)}vote`],
  [
    new Secret(new Uint8Array(32).fill(0x80)),
    'letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic avoid letter advice cage absurd amount doctor acoustic bless',
  ],
] as const)('entropy and words belong together as BIP-39 says (%#)', (entropy, words) => {
  expect(masterWords(entropy).join(' ')).toBe(words)
  expect(masterFromWords(words).reveal()).toEqual(entropy.reveal())
})

test('capitals and spaces make no difference, a wrong, moved or missing word does', () => {
  const words = [...masterWords(freshMaster())]
  expect(masterWords(masterFromWords(`  ${words.join('  ').toUpperCase()}\n`))).toEqual(words)
  const wrong = (changed: readonly string[]) => () => masterFromWords(changed.join(' '))
  expect(wrong(words.slice(1))).toThrow('there are 23, not 24')
  expect(wrong(words.with(3, 'bzzz'))).toThrow('one of them is wrong')
  // The checksum has 8 bits, so a wrong word passes once in 256 times: with fixed words it does not.
  const fixed = `${'zoo '.repeat(23)}vote`.split(' ')
  expect(wrong(fixed.with(0, 'abandon'))).toThrow('one of them is wrong')
})

test('signing and sealing keys are separate HKDF outputs of the entropy', () => {
  const keys = masterKeys(ones)
  const expected = new Uint8Array(hkdfSync('sha256', ones.reveal(), new Uint8Array(0), 'bzzz:master sealing v1', 32))
  expect(keys.sealing.privateKey.reveal()).toEqual(expected)
  expect(keys.signer.publicKey).not.toBe(keys.sealing.publicKey)
  // Known answers: they must never change, or no sheet opens anything any more.
  expect([keys.signer.publicKey, keys.sealing.publicKey, sheetMark(keys.signer.publicKey)]).toMatchInlineSnapshot(`
    [
      "thynh8FqTbA42RFavP9h9audfdoZIH5mDp-pFrh6gKE",
      "Szxl39tRlX1Oc83ZSfB-fZfxYuxzi1QP63KiyyVt5Sc",
      "SHA256:AoLk tR6t QFyO Nd8N",
    ]
  `)
})

test('a master key does not show itself', () => {
  const keys = masterKeys(freshMaster())
  expect(`${freshMaster()} ${JSON.stringify(keys.sealing)} ${Bun.inspect(keys.sealing)}`).toContain('[secret]')
})
