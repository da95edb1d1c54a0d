import { Fault, isFault } from '../base/index.ts'
import { inert } from './print.ts'
import { wrap } from './table.ts'
import { shown, type Terminal } from './terminal.ts'

/** What the process says with its exit code (design: surfaces). */
export const exitCodes = { done: 0, failed: 1, usage: 2, notReachable: 3, forbidden: 4 } as const

/** The exit code that belongs to a failure. */
export const exitCodeOf = (error: unknown): number => {
  if (isFault(error, 'usage', 'bad-config')) return exitCodes.usage
  if (isFault(error, 'not-reachable')) return exitCodes.notReachable
  if (isFault(error, 'forbidden', 'wrong-owner')) return exitCodes.forbidden
  return exitCodes.failed
}

/** A failure as a person reads it: one sentence and the remedy. The stack of a bug only where `debug` asks for it. */
export const explain = (error: unknown, { colours, unicode, columns }: Terminal, debug: boolean): string => {
  // The words may be another machine's.
  const [sentence = '', hint] = words(error).map((text) => text && safeLines(text, { unicode }))
  const lines = wrap(sentence, columns - 2).join('\n  ')
  const remedy = hint === undefined ? '' : `\n  ${wrap(hint, columns - 2).join('\n  ')}`
  const stack = debug && error instanceof Error ? `\n${colours.dim(Bun.inspect(error, { colors: false }))}` : ''
  return `${colours.red(unicode ? '✖' : 'x')} ${lines}${remedy}${stack}`
}

const safeLines = (text: string, terminal: Pick<Terminal, 'unicode'>): string =>
  text
    .split('\n')
    .map((line) => shown(line, terminal))
    .join('\n')

/** A failure as a program reads it, in the shape of the API's errors. */
export const explainJson = (error: unknown): string => {
  const [message, hint] = words(error)
  return inert(JSON.stringify({ error: { code: error instanceof Fault ? error.code : 'internal', message, hint: hint ?? null } }))
}

const words = (error: unknown): readonly [string, string | undefined] => {
  if (error instanceof Fault) return [error.message, error.hint]
  const said = error instanceof Error ? error.message : String(error)
  return [
    `Something failed that should not: ${said.replace(/\.$/, '')}.`,
    'This is a mistake in bzzz. Run it again with BZZZ_DEBUG=1 to see where, and report that.',
  ]
}
