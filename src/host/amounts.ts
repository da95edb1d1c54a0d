/** Memory as pages and commands show it: GiB with one decimal. */
export const showMemory = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`

/** Disks as pages and commands show them: decimal MB, GB, TB. */
export const showDisk = (bytes: number): string => {
  if (bytes >= 1e12) return `${(bytes / 1e12).toFixed(1)} TB`
  if (bytes >= 1e9) return `${Math.round(bytes / 1e9)} GB`
  return `${Math.round(bytes / 1e6)} MB`
}
