import type { SymbolName, Tone } from '../../parts/index.ts'

/** Something a person may want to know or do: what is, what follows from it, and what mends it. */
export interface Concern {
  readonly id: string
  readonly tone: Tone
  readonly symbol: SymbolName
  readonly title: string
  readonly detail: string
  /** A command that helps, and where to run it. */
  readonly command?: { readonly before: string; readonly text: string }
}

const severalMax = 3

/** Many alike would bury the rest: beyond three they become one. */
export const folded = (alike: readonly Concern[], together: () => Concern): readonly Concern[] =>
  alike.length > severalMax ? [together()] : alike

/** How to ask why a machine is not heard; by name only where a shell cannot misread it, else by id. */
export const diagnosis = (on: string, { name, peer }: { name: string; peer: string }): Pick<Concern, 'command'> => {
  const target = /^[a-z0-9][a-z0-9._-]*$/i.test(name) ? name : peer
  return { command: { before: `To see why, run this on ${on}:`, text: `bzzz doctor --peer ${target}` } }
}
