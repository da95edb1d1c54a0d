import { z } from 'zod'
import type { Memory } from '../memory.ts'
import type { Gpu } from '../types.ts'

const shape = z.object({
  SPDisplaysDataType: z.array(
    z.object({ _name: z.string().optional(), sppci_model: z.string().optional(), spdisplays_vendor: z.string().optional() }),
  ),
})

/**
 * Apple chips from `system_profiler SPDisplaysDataType -json`; Intel Macs have none that Ollama uses. All memory is shared: the GPU may wire
 * two thirds of it (three quarters above 36 GiB) unless `iogpu.wired_limit_mb` says otherwise.
 */
export const parseApple = (profile: string, memory: Memory | null, wiredLimitMebibytes: number | null): readonly Gpu[] => {
  const found = parse(profile)
  return found.flatMap(({ sppci_model, _name, spdisplays_vendor }) => {
    const model = sppci_model ?? _name ?? ''
    if (!model.startsWith('Apple ') && spdisplays_vendor !== 'sppci_vendor_Apple') return []
    const total = memory === null ? null : usableBytes(memory.totalBytes, wiredLimitMebibytes)
    return [
      {
        vendor: 'apple' as const,
        model: model || 'Apple GPU',
        vramTotalBytes: total,
        vramFreeBytes: total === null || memory === null ? null : Math.min(total, memory.freeBytes),
        driver: null,
        unified: true,
        busyPercent: null,
      },
    ]
  })
}

const usableBytes = (totalBytes: number, wiredLimitMebibytes: number | null): number => {
  if (wiredLimitMebibytes !== null && wiredLimitMebibytes > 0) return Math.min(totalBytes, wiredLimitMebibytes * 2 ** 20)
  return Math.floor(totalBytes * (totalBytes > 36 * 2 ** 30 ? 3 / 4 : 2 / 3))
}

const parse = (profile: string): z.infer<typeof shape>['SPDisplaysDataType'] => {
  try {
    const parsed = shape.safeParse(JSON.parse(profile))
    return parsed.success ? parsed.data.SPDisplaysDataType : []
  } catch {
    return []
  }
}
