import type { Capabilities } from './types.ts'

export type Memory = Capabilities['memory']

/**
 * Total memory and what programs may still take (MemAvailable: free plus what the kernel can give back), from /proc/meminfo.
 * Null when the text is not one.
 */
export const parseMemory = (text: string): Memory | null => {
  const bytes = (key: string): number | null => {
    const kibibytes = new RegExp(`^${key}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
    return kibibytes === undefined ? null : Number(kibibytes) * 1024
  }
  const totalBytes = bytes('MemTotal')
  if (totalBytes === null) return null
  // Kernels before 3.14 have no MemAvailable.
  const freeBytes = bytes('MemAvailable') ?? (bytes('MemFree') ?? 0) + (bytes('Cached') ?? 0) + (bytes('Buffers') ?? 0)
  return { totalBytes, freeBytes: Math.min(totalBytes, freeBytes) }
}
