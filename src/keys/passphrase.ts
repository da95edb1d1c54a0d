import { randomInt } from 'node:crypto'
import { Fault } from '../base/index.ts'
import { wordsKnown } from './master.ts'

const wordsGenerated = 7
const bitsPerWord = 11
const bitsMin = 60
const differentMin = 6
const lengthMax = 1024

/** Bits of chance in a passphrase of ours: seven words out of 2048. */
export const bitsGenerated = wordsGenerated * bitsPerWord

/** Seven words, each drawn evenly out of 2048: 77 bits. */
export const generatePassphrase = (): string =>
  Array.from({ length: wordsGenerated }, () => wordsKnown[randomInt(wordsKnown.length)] ?? '').join(' ')

/** One form for what a person types: Unicode NFKC, no spaces at the ends, single ones inside. */
export const normalisedPassphrase = (text: string): string => text.normalize('NFKC').trim().replaceAll(/\s+/g, ' ')

/**
 * The most bits this passphrase can hold: as if each word of the list, or each character of the kinds that occur, had been drawn by chance.
 * A sentence from a book counts as much as noise of its length: nobody can tell that from the text alone.
 */
export const bitsAtMost = (passphrase: string): number => {
  const words = passphrase.toLowerCase().split(/[ -]/)
  if (words.every((word) => wordsKnown.includes(word))) return new Set(words).size * bitsPerWord
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/]
  const sizes = [26, 26, 10, 33]
  const alphabet = kinds.reduce((sum, kind, at) => sum + (kind.test(passphrase) ? (sizes[at] ?? 0) : 0), 0)
  // Repetition adds nothing: "aaaa" is one choice, and so is "abababab" nearly.
  const counted = Math.min([...passphrase].length, 3 * new Set(passphrase).size)
  return Math.floor(counted * Math.log2(Math.max(2, alphabet)))
}

/** Refuses a passphrase that is too easy even at its best; Fault `weak-passphrase` says how far it is. Expects the normalised form. */
export const checkPassphrase = (passphrase: string): void => {
  if (passphrase.length > lengthMax) {
    throw new Fault('weak-passphrase', `The passphrase is longer than ${lengthMax} characters.`, { hint: 'Seven words are enough.' })
  }
  const bits = bitsAtMost(passphrase)
  if (bits >= bitsMin && new Set(passphrase).size >= differentMin) return
  throw new Fault('weak-passphrase', `This passphrase holds ${bits} bits at most, and ${bitsMin} is the least that is taken.`, {
    hint: `Take the seven words that are offered (${bitsGenerated} bits), or make yours longer.`,
  })
}
