import type { Gpu } from '../types.ts'

/** Something that keeps a GPU of this machine from being used, in the words of `doctor`. */
export interface GpuProblem {
  readonly code: 'no-answer' | 'driver-missing' | 'driver-mismatch' | 'driver-silent' | 'lost' | 'unreadable'
  readonly message: string
  readonly remedy: string
}

/** What one kind of detection found. */
export interface GpuSighting {
  readonly gpus: readonly Gpu[]
  readonly problems: readonly GpuProblem[]
}

export const nothingSeen: GpuSighting = { gpus: [], problems: [] }

/** Several findings as one, in the order given. */
export const joined = (sightings: readonly GpuSighting[]): GpuSighting => ({
  gpus: sightings.flatMap(({ gpus }) => gpus),
  problems: sightings.flatMap(({ problems }) => problems),
})

/** A whole or decimal number and nothing else; null for "[N/A]", "[Not Supported]", "N/A", "" and other words for "not known". */
export const numberIn = (text: string | null | undefined): number | null => {
  const trimmed = text?.trim() ?? ''
  return /^\d+(\.\d+)?$/.test(trimmed) && trimmed.length <= 20 ? Number(trimmed) : null
}
