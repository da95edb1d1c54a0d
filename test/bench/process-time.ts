import { readdirSync, readFileSync } from 'node:fs'

/** Seconds of processor time (user and system) that the threads of a process have used so far, to the nanosecond; ended threads are left out. */
export const processSeconds = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, task) => sum + threadSeconds(`/proc/${pid}/task/${task}/schedstat`), 0)

const threadSeconds = (file: string): number => {
  try {
    return Number(readFileSync(file, 'utf8').split(' ')[0]) / 1e9
  } catch {
    return 0
  }
}

/** Resident memory of a process in megabytes (10^6 bytes), the executable's own pages included, which all its processes share. */
export const residentMegabytes = (pid: number): number => {
  const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]
  return (Number(kilobytes) * 1024) / 1e6
}
