/** Throws a plain Error when something that can never be false is false: a bug here, never a peer's doing. */
export function invariant(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(`Broken invariant: ${what}`)
}

/** The value, which is known to be there. */
export const present = <Value>(value: Value | undefined | null, what: string): Value => {
  if (value === undefined || value === null) throw new Error(`Broken invariant: ${what} is there`)
  return value
}
