import { randomBytes } from 'node:crypto'
import { entropyToMnemonic, mnemonicToEntropy } from '@scure/bip39'
import { wordlist } from '@scure/bip39/wordlists/english.js'
import { Fault, Secret, sha256 } from '../base/index.ts'
import { derived } from './derive.ts'
import { signerOf } from './ed25519.ts'
import { sealingPublicOf } from './seal.ts'
import type { PublicKey, Signer } from './signatures.ts'

const entropyBytes = 32

/** The private halves of a master key, for as long as they are needed. */
export interface MasterKeys {
  readonly signer: Signer
  readonly sealing: { readonly publicKey: PublicKey; readonly privateKey: Secret<Uint8Array> }
}

/** The 2048 words of BIP-39 in English: no two share their first four letters. */
export const wordsKnown: readonly string[] = wordlist

/** The entropy of a fresh master key. */
export const freshMaster = (): Secret<Uint8Array> => new Secret(new Uint8Array(randomBytes(entropyBytes)))

/** A master key as 24 words, the last of which carries a checksum (BIP-39; its PBKDF2 is not used: the entropy itself is the key). */
export const masterWords = (entropy: Secret<Uint8Array>): readonly string[] => entropyToMnemonic(entropy.reveal(), wordlist).split(' ')

/** The entropy behind 24 words; capitals and spaces make no difference. Fault `bad-words` where the checksum or a word is wrong. */
export const masterFromWords = (text: string): Secret<Uint8Array> => {
  const words = text.normalize('NFKC').trim().toLowerCase().split(/\s+/)
  const unknown = words.find((word) => !wordlist.includes(word))
  const entropy = words.length === 24 && unknown === undefined ? decoded(words) : null
  if (entropy !== null) return new Secret(entropy)
  const what = words.length === 24 ? 'one of them is wrong or in another place' : `there are ${words.length}, not 24`
  throw new Fault('bad-words', `These are not the words of a master key: ${what}.`, { hint: 'Compare them with the sheet, word by word.' })
}

/** Signing and sealing keys of a master key: separate derivations, never one made from the other. */
export const masterKeys = (entropy: Secret<Uint8Array>): MasterKeys => {
  const sealing = derived(entropy.reveal(), 'master sealing v1')
  return {
    signer: signerOf(derived(entropy.reveal(), 'master signing v1')),
    sealing: { publicKey: sealingPublicOf(sealing), privateKey: new Secret(sealing) },
  }
}

/** What a person compares to tell one sheet from another: 16 characters of the hash of the public half. */
export const sheetMark = (publicKey: PublicKey): string => {
  const hash = Buffer.from(sha256(Buffer.from(publicKey, 'base64url')), 'hex').toString('base64')
  return `SHA256:${(hash.slice(0, 16).match(/.{4}/g) ?? []).join(' ')}`
}

const decoded = (words: readonly string[]): Uint8Array | null => {
  try {
    return mnemonicToEntropy(words.join(' '), wordlist)
  } catch {
    return null
  }
}
