/**
 * An expected failure. `code` is for the program, `message` for the log and the first sentence a person reads, `hint` is the
 * second sentence: what to do. Anything thrown that is not a Fault is a bug.
 */
export class Fault<Code extends string = string> extends Error {
  override readonly name = 'Fault'
  readonly code: Code
  readonly hint: string | undefined

  constructor(code: Code, message: string, options: { hint?: string | undefined; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.hint = options.hint
  }
}

/** True for a Fault, with any of the given codes where some are given. */
export const isFault = <Code extends string>(error: unknown, ...codes: Code[]): error is Fault<Code> =>
  error instanceof Fault && (codes.length === 0 || codes.some((code) => code === error.code))
