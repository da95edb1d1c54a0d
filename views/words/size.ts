import { fixed } from './count.ts'

/** A used amount beside its total, in one unit, ready to be read as "21.2 of 24.0 GiB". */
export interface Amount {
  readonly used: string
  readonly total: string
  readonly unit: string
  /** 0 to 1. */
  readonly share: number
}

const gibibyte = 2 ** 30
const decimal = [
  ['TB', 1e12],
  ['GB', 1e9],
  ['MB', 1e6],
  ['kB', 1e3],
] as const

const shareOf = (used: number, total: number): number => (total > 0 ? Math.min(1, Math.max(0, used / total)) : 0)

/** Memory and VRAM: GiB with one decimal. */
export const memoryAmount = (usedBytes: number, totalBytes: number): Amount => ({
  used: fixed(Math.max(0, usedBytes) / gibibyte, 1),
  total: fixed(totalBytes / gibibyte, 1),
  unit: 'GiB',
  share: shareOf(usedBytes, totalBytes),
})

export const memorySize = (bytes: number): string => `${fixed(bytes / gibibyte, 1)}\u00a0GiB`

/** Disks: the decimal unit of the total for both numbers, whole from 100 on, else one decimal. */
export const diskAmount = (usedBytes: number, totalBytes: number): Amount => {
  const [unit, size] = unitFor(totalBytes)
  const digits = totalBytes / size >= 100 ? 0 : 1
  return {
    used: fixed(Math.max(0, usedBytes) / size, digits),
    total: fixed(totalBytes / size, digits),
    unit,
    share: shareOf(usedBytes, totalBytes),
  }
}

/** Files, disks and transfers: "98.6 MB", "274 MB", "1.8 TB". */
export const diskSize = (bytes: number): string => {
  const [unit, size] = unitFor(bytes)
  return `${fixed(bytes / size, bytes / size >= 100 ? 0 : 1)}\u00a0${unit}`
}

const unitFor = (bytes: number): readonly [string, number] => decimal.find(([, size]) => bytes >= size) ?? ['B', 1]

/** A share of 0 to 1 as "8 %"; never "0 %" or "100 %" for what is only nearly so. */
export const percent = (share: number): string => {
  const rounded = Math.round(share * 100)
  const honest = rounded === 0 && share > 0 ? 1 : rounded === 100 && share < 1 ? 99 : rounded
  return `${honest}\u00a0%`
}
