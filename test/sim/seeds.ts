/** Seeds that once failed, each with a word why. They always run, before any other; each fails on the program as it was then. */
export const keptSeeds: readonly { readonly seed: number; readonly why: string }[] = [
  { seed: 126, why: 'a late hello was judged against what the same life had promised since, and an honest member halted' },
  { seed: 156, why: 'the same, at a member that had led before' },
  { seed: 997, why: 'a leader that had removed itself could not stand, though it alone had the newest log' },
  { seed: 222, why: 'a take-over was not heard because its leader had no vote in the old epoch' },
  { seed: 598, why: 'the same, with more members' },
  { seed: 56234, why: 'a survivor of a take-over waited for ever for the leader of the old epoch to answer its hello' },
]
