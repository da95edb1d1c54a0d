import { readdirSync, readFileSync } from 'node:fs'

/** Process numbers of all that have `text` in their command line; nothing where there is no /proc. */
export const processesNaming = (text: string): number[] => {
  try {
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .filter((pid) => commandLine(pid).includes(text))
      .map(Number)
  } catch {
    return []
  }
}

const commandLine = (pid: string): string => {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}
