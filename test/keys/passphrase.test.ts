import { expect, test } from 'bun:test'
import { bitsAtMost, bitsGenerated, checkPassphrase, generatePassphrase, normalisedPassphrase } from '../../src/keys/index.ts'

test('a generated passphrase has seven words, 77 bits, and is another each time', () => {
  const made = Array.from({ length: 50 }, generatePassphrase)
  expect(new Set(made).size).toBe(50)
  for (const one of made) {
    expect(one).toMatch(/^([a-z]{3,8} ){6}[a-z]{3,8}$/)
    expect(() => checkPassphrase(one)).not.toThrow()
  }
  expect(bitsGenerated).toBe(77)
})

test.each([
  ['', 0],
  ['aaaaaaaaaaaaaaaaaaaaaaaa', 14],
  ['abababababababababababab', 28],
  ['Passw0rd', 47],
  ['zoo zoo zoo zoo zoo zoo zoo', 11],
  ['zoo wrong vote', 33],
  ['correct horse battery staple', 164],
])('%p holds at most %p bits', (text, bits) => expect(bitsAtMost(text)).toBe(bits))

test.each(['', 'a', 'Passw0rd', 'abandon ability able', 'aaaaaaaaaaaaaaaaaaaaaaaa', '111111111111111111111111', 'x'.repeat(2_000)])(
  '%p is refused',
  (text) => expect(() => checkPassphrase(text)).toThrow(expect.objectContaining({ code: 'weak-passphrase' })),
)

test('one form for what is typed: NFKC, single spaces', () => {
  expect(normalisedPassphrase('  über\u0065\u0301  ﬁn\t')).toBe('überé fin')
})
