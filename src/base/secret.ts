import { inspect } from 'node:util'

const redacted = '[secret]'

/** A value that never shows itself: text, JSON and inspection are redacted. `reveal()` only at the point of use. */
export class Secret<Value> {
  readonly #value: Value

  constructor(value: Value) {
    this.#value = value
  }

  reveal(): Value {
    return this.#value
  }

  toString(): string {
    return redacted
  }

  toJSON(): string {
    return redacted
  }

  [inspect.custom](): string {
    return redacted
  }
}
