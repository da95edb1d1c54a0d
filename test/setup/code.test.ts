import { expect, test } from 'bun:test'
import { freshCode, hashOf, sameHash, typedCode } from '../../src/setup/code.ts'
import { Guesses } from '../../src/setup/guesses.ts'
import { standingClock } from '../support/setup.ts'

test('a code has 128 bits in 26 digits that cannot be mistaken, and is another each time', () => {
  const codes = Array.from({ length: 200 }, freshCode)
  expect(new Set(codes).size).toBe(200)
  for (const code of codes) {
    expect(code).toMatch(/^[0-7][0-9A-HJKMNP-TV-Z]{3}(-[0-9A-HJKMNP-TV-Z]{4}){5}-[0-9A-HJKMNP-TV-Z]{2}$/)
    expect(typedCode(code)).toBe(code.replaceAll('-', ''))
  }
})

test('capitals, dashes and spaces make no difference, nor O for 0, I or L for 1', () => {
  expect(typedCode(' 7kq2 m9xd-vthc4bnr 8w0f 3pza g6\n')).toBe('7KQ2M9XDVTHC4BNR8W0F3PZAG6')
  expect(typedCode('OIL00000000000000000000000')).toBe('01100000000000000000000000')
})

test.each(['', '7KQ2', `${'0'.repeat(27)}`, 'U'.repeat(26), '🐝'.repeat(26), ' '.repeat(1e6), `${'0'.repeat(25)}\0`])(
  '%#: no code',
  (text) => expect(typedCode(text)).toBeNull(),
)

test('hashes for one purpose are worth nothing for another, and only equal ones are the same', () => {
  expect(hashOf('code', 'a')).not.toBe(hashOf('session', 'a'))
  expect([sameHash('a', 'a'), sameHash('a', 'b'), sameHash('a', 'aa'), sameHash('', 'a')]).toEqual([true, false, false, false])
})

test('an address has ten tries at once, then one every three seconds; another address has its own', () => {
  const clock = standingClock()
  const guesses = new Guesses(clock)
  const tries = Array.from({ length: 10_000 }, () => guesses.take('127.0.0.1'))
  expect(tries.filter((wait) => wait === 0).length).toBe(10)
  expect(tries.at(-1)).toBe(3_000)
  expect(guesses.take('::1')).toBe(0)
  clock.pass(3_000)
  expect([guesses.take('127.0.0.1'), guesses.take('127.0.0.1')]).toEqual([0, 3_000])
  clock.pass(3_600_000)
  expect(Array.from({ length: 20 }, () => guesses.take('127.0.0.1')).filter((wait) => wait === 0).length).toBe(10)
})

test('a flood of addresses takes no more memory than a thousand', () => {
  const guesses = new Guesses(standingClock())
  for (let n = 0; n < 5_000; n++) guesses.take(`fe80::${n.toString(16)}`)
  // The oldest were forgotten, so they begin again: a bound on memory, not a way in, because the code has 128 bits.
  expect(guesses.take('fe80::0')).toBe(0)
})
