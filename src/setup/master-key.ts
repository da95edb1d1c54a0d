import { randomInt } from 'node:crypto'
import { Fault, type Secret } from '../base/index.ts'
import { freshMaster, masterKeys, masterWords, sheetMark } from '../keys/index.ts'
import { Problems } from './draft.ts'

const wordsAsked = 3

/** A master key on its way to paper. */
export interface MasterSheet {
  readonly words: readonly string[]
  /** Tells this sheet from another. */
  readonly mark: string
}

/** The master key between being shown and being confirmed: in memory alone, one at a time, gone after a restart. */
export class PendingMaster {
  #pending: { readonly entropy: Secret<Uint8Array>; readonly asks: readonly number[]; readonly mark: string } | null = null

  /** Makes a key and gives its words, this once; an earlier one that was not confirmed is thrown away. */
  show(): MasterSheet {
    const entropy = freshMaster()
    const mark = sheetMark(masterKeys(entropy).signer.publicKey)
    const places = new Set<number>()
    while (places.size < wordsAsked) places.add(1 + randomInt(24))
    this.#pending = { entropy, asks: [...places].sort((one, other) => one - other), mark }
    return { words: masterWords(entropy), mark }
  }

  /** Which words are asked back (1 to 24) and of which sheet; null while no key waits. */
  get waiting(): { readonly asks: readonly number[]; readonly mark: string } | null {
    return this.#pending === null ? null : { asks: this.#pending.asks, mark: this.#pending.mark }
  }

  /** The words, once the three that are asked were read back rightly. Faults `no-master`, Problems by field "w4". */
  confirmed(typed: Readonly<Record<string, string>>): string {
    if (this.#pending === null) {
      throw new Fault('no-master', 'No master key waits to be confirmed: the node was started again, or none was made.', {
        hint: 'Make a new one; a sheet written before is worth nothing.',
      })
    }
    const words = masterWords(this.#pending.entropy)
    const wrong = this.#pending.asks.filter((place) => (typed[`w${place}`] ?? '').trim().toLowerCase() !== words[place - 1])
    if (wrong.length > 0) {
      throw new Problems(
        Object.fromEntries(wrong.map((place) => [`w${place}`, `This is not word ${place}. Look at the sheet again; mind its number.`])),
      )
    }
    return words.join(' ')
  }

  forget(): void {
    this.#pending = null
  }
}
