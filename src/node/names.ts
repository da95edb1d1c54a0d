/** "nova", "nova and vega", "nova, vega and pi". */
export const listed = (names: readonly string[]): string => new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(names)

/** Half, rounded up to the next whole: how many of `voters` are needed for anything to change. */
export const majorityOf = (voters: number): number => Math.floor(voters / 2) + 1

/** Why nothing can be changed right now, in two sentences; null while a majority of the voters answers. */
export const quorumLoss = (missing: readonly string[], voters: number): string | null => {
  const needed = majorityOf(voters)
  const answering = voters - missing.length
  if (answering >= needed) return null
  const verb = missing.length === 1 ? 'does' : 'do'
  const what = `${listed(missing)} ${verb} not answer, so ${answering} of ${voters} voters are left and ${needed} are needed.`
  return `${what} Reading goes on; nothing can be changed until ${needed - answering === 1 ? 'one more' : `${needed - answering} more`} of them is back.`
}
