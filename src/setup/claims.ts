import { type Clock, Fault } from '../base/index.ts'
import { freshCode, freshSession, hashOf, sameHash, typedCode } from './code.ts'
import { Guesses } from './guesses.ts'
import type { CodeFile, SetupStore } from './ports.ts'

const codeLifeMs = 15 * 60_000

export interface Link {
  readonly code: string
  readonly expiresMs: number
}

/** Who may set this machine up: whoever has the code first, within 15 minutes, once. */
export class Claims {
  readonly #store: () => SetupStore
  readonly #file: CodeFile
  readonly #clock: Clock
  readonly #guesses: Guesses

  constructor(store: () => SetupStore, file: CodeFile, clock: Clock) {
    this.#store = store
    this.#file = file
    this.#clock = clock
    this.#guesses = new Guesses(clock)
  }

  /** The code that is good now, for whoever may open the socket; `fresh` makes another, and whoever claimed before is out. */
  link(fresh: boolean): Link {
    const { codeHash, codeExpiresMs, sessionHash } = this.#store().read()
    if (sessionHash !== null && !fresh) {
      throw new Fault('claimed', 'This machine is being set up in a browser already.', {
        hint: '`bzzz setup --link` prints a new link; the browser that has it now is then signed out, what it entered stays.',
      })
    }
    const kept = this.#file.read()?.trim()
    const plain = kept === undefined ? null : typedCode(kept)
    const good = plain !== null && codeHash !== null && codeExpiresMs > this.#clock.wallMs() && sameHash(hashOf('code', plain), codeHash)
    return kept !== undefined && good && !fresh ? { code: kept, expiresMs: codeExpiresMs } : this.#newLink()
  }

  /** Claims with a typed code: the session's value for the cookie. Faults `slow-down`, `wrong-code`; all wrong ones look the same. */
  claim(typed: string, address: string): string {
    const waitMs = this.#guesses.take(address)
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000)
      throw new Fault('slow-down', `There were too many tries. Wait ${seconds} s, then try again.`, { hint: String(seconds) })
    }
    const code = typedCode(typed)
    const given = hashOf('code', code ?? '')
    const session = freshSession()
    const fits = (hash: string, expiresMs: number) => sameHash(given, hash) && expiresMs > this.#clock.wallMs()
    if (code === null || !this.#store().claim(fits, hashOf('session', session))) {
      throw new Fault('wrong-code', 'This code is not good: it is mistyped, used or older than 15 minutes.', {
        hint: '`bzzz setup --link` on this machine prints a new one.',
      })
    }
    this.#file.remove()
    return session
  }

  /** Whether somebody claimed this machine. */
  get taken(): boolean {
    return this.#store().read().sessionHash !== null
  }

  /** Whether this cookie is that of the claim. */
  admits(session: string): boolean {
    const { sessionHash } = this.#store().read()
    return sessionHash !== null && sameHash(hashOf('session', session), sessionHash)
  }

  #newLink(): Link {
    const code = freshCode()
    const expiresMs = this.#clock.wallMs() + codeLifeMs
    this.#store().newCode(hashOf('code', typedCode(code) ?? ''), expiresMs)
    this.#file.write(`${code}\n`)
    return { code, expiresMs }
  }
}
