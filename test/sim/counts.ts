/** What a run saw. A simulation that never truncates or installs a snapshot proves nothing about either. */
export interface Counts {
  runs: number
  elections: number
  commits: number
  batches: number
  appended: number
  truncations: number
  compactions: number
  snapshotsInstalled: number
  configurations: number
  transfers: number
  takeovers: number
  wipes: number
  crashes: number
  pauses: number
  partitions: number
  diskFaults: number
  rollbacks: number
  halts: number
  operations: number
  answered: number
  /** Commands of leaders that members carried out. */
  commands: number
  messages: number
  dropped: number
  /** Histories whose search was cut off. */
  undecided: number
}

export const noCounts = (): Counts => ({
  runs: 0,
  elections: 0,
  commits: 0,
  batches: 0,
  appended: 0,
  truncations: 0,
  compactions: 0,
  snapshotsInstalled: 0,
  configurations: 0,
  transfers: 0,
  takeovers: 0,
  wipes: 0,
  crashes: 0,
  pauses: 0,
  partitions: 0,
  diskFaults: 0,
  rollbacks: 0,
  halts: 0,
  operations: 0,
  answered: 0,
  commands: 0,
  messages: 0,
  dropped: 0,
  undecided: 0,
})

const names = Object.keys(noCounts()) as (keyof Counts)[]

/** Adds `more` to `total`, in place. */
export const addCounts = (total: Counts, more: Counts): void => {
  for (const name of names) total[name] += more[name]
}

/** "elections 120, commits 4,310, …" in the order of the type. */
export const showCounts = (counts: Counts): string => names.map((name) => `${name} ${counts[name].toLocaleString('en')}`).join(', ')

/** What `seeds` random runs must have seen at least: a fault that stopped happening would otherwise pass unnoticed. */
export const minimums: { readonly seeds: number } & Partial<Counts> = {
  seeds: 2_000,
  elections: 5_000,
  commits: 100_000,
  batches: 80_000,
  truncations: 400,
  compactions: 60_000,
  snapshotsInstalled: 1_000,
  configurations: 3_000,
  transfers: 500,
  takeovers: 70,
  wipes: 150,
  crashes: 4_000,
  pauses: 2_000,
  partitions: 4_000,
  diskFaults: 2_000,
  rollbacks: 100,
  halts: 100,
  answered: 100_000,
  commands: 30_000,
}

/** What fell short of the minimums, and whether too many histories were given up on, in words. */
export const tooFew = (counts: Counts): string[] => {
  const short = names.flatMap((name) => {
    const wanted = minimums[name] ?? 0
    return counts[name] < wanted ? [`${name} ${counts[name]}, wanted ${wanted}`] : []
  })
  return counts.undecided * 1_000 > counts.runs ? [...short, `${counts.undecided} histories undecided`] : short
}
