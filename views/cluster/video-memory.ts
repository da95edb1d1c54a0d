import type { Gpu } from '../../src/host/types.ts'
import { memorySize } from '../words/index.ts'

export type VideoMemory =
  | { readonly kind: 'measured'; readonly usedBytes: number; readonly totalBytes: number }
  /** Nothing to draw a bar from; `words` says why. */
  | { readonly kind: 'words'; readonly words: string }

/** The video memory of all cards together. What one card keeps to itself is never counted as free or as used. */
export const videoMemory = (gpus: readonly Gpu[]): VideoMemory => {
  if (gpus.length === 0) return { kind: 'words', words: 'none' }
  const totals = gpus.map((gpu) => gpu.vramTotalBytes)
  const known = totals.filter((total) => total !== null)
  const totalBytes = sum(known)
  if (known.length === 0) return { kind: 'words', words: 'not known' }
  if (known.length < totals.length) return { kind: 'words', words: `${memorySize(totalBytes)} and more` }
  const free = gpus.map((gpu) => gpu.vramFreeBytes).filter((bytes) => bytes !== null)
  if (free.length < gpus.length) return { kind: 'words', words: `${memorySize(totalBytes)}, use not known` }
  return { kind: 'measured', usedBytes: Math.max(0, totalBytes - sum(free)), totalBytes }
}

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)
