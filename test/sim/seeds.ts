/** Seeds that once failed, each with a word why. They always run, before any other. */
export const keptSeeds: readonly { readonly seed: number; readonly why: string }[] = []
