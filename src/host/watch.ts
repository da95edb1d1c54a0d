import type { Clock } from '../base/index.ts'
import { type Detected, type DetectOptions, detect } from './capabilities.ts'
import type { GpuProblem } from './gpu/index.ts'
import { withinLimits } from './limits.ts'
import type { Capabilities } from './types.ts'

/** How often the changing parts are looked at. GPUs only where there are any: nvidia-smi is a program to start, not a file to read. */
export const quickMs = 2_000
export const gpuMs = 10_000
export const ollamaMs = 10_000

/** Keeps the capabilities of this machine fresh. */
export interface HostWatch extends AsyncDisposable {
  current(): Capabilities
  /** What keeps GPUs from being used, as of the last look. */
  gpuProblems(): readonly GpuProblem[]
  /** Calls back after each look; returns the function that stops it. */
  onLooked(listen: (capabilities: Capabilities) => void): () => void
}

/** Detects once, then looks again until disposed. One look at a time: a slow machine is asked less often, never twice at once. */
export const watchHost = async (options: DetectOptions & { readonly clock: Clock }): Promise<HostWatch> => {
  const { clock } = options
  const detected = await detect(options)
  let capabilities = detected.capabilities
  let problems = detected.gpuProblems
  const listeners = new Set<(capabilities: Capabilities) => void>()
  const hasGpuTrade = capabilities.gpus.length > 0 || problems.length > 0
  let gpuDueMs = clock.nowMs() + gpuMs
  let ollamaDueMs = clock.nowMs() + ollamaMs
  let stopped = false
  let looking: Promise<void> = Promise.resolve()

  const look = async (): Promise<void> => {
    const nowMs = clock.nowMs()
    const quick = await detected.look.quick()
    const [gpus, ollama] = await Promise.all([
      hasGpuTrade && nowMs >= gpuDueMs ? detected.look.gpus(quick.memory) : null,
      nowMs >= ollamaDueMs ? detected.look.ollama() : undefined,
    ])
    if (gpus !== null) {
      gpuDueMs = nowMs + gpuMs
      problems = gpus.problems
    }
    if (ollama !== undefined) ollamaDueMs = nowMs + ollamaMs
    capabilities = renewed(capabilities, quick, gpus?.gpus, ollama)
  }

  let cancel: () => void = () => {}
  const again = (): void => {
    cancel = clock.after(quickMs, () => {
      looking = look().then(() => {
        if (stopped) return
        for (const listen of listeners) listen(capabilities)
        again()
      })
    })
  }
  again()

  return {
    current: () => capabilities,
    gpuProblems: () => problems,
    onLooked: (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    [Symbol.asyncDispose]: async () => {
      stopped = true
      cancel()
      listeners.clear()
      await looking
    },
  }
}

const renewed = (
  old: Capabilities,
  quick: Awaited<ReturnType<Detected['look']['quick']>>,
  gpus: Capabilities['gpus'] | undefined,
  ollama: Capabilities['ollama'] | undefined,
): Capabilities =>
  withinLimits({
    ...old,
    cpu: { ...old.cpu, busyPercent: quick.busyPercent ?? old.cpu.busyPercent },
    // A look that failed keeps the old numbers: 0 would say "full".
    memory: quick.memory.totalBytes > 0 ? quick.memory : old.memory,
    disks: quick.disks.length > 0 ? quick.disks : old.disks,
    gpus: gpus ?? old.gpus,
    ollama: ollama === undefined ? old.ollama : ollama,
  })
