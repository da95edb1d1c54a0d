/** What a machine has. Sizes in bytes, as the system counts them; null where it could not be learnt (never 0 for "unknown"). */
export interface Capabilities {
  readonly os: {
    readonly platform: 'linux' | 'darwin'
    readonly name: string
    readonly kernel: string
    readonly arch: string
    readonly libc: 'glibc' | 'musl' | null
  }
  readonly cpu: { readonly model: string; readonly cores: number; readonly busyPercent: number | null }
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number }
  /** The disk that holds the data folder first. */
  readonly disks: readonly { readonly mount: string; readonly totalBytes: number; readonly freeBytes: number }[]
  readonly gpus: readonly Gpu[]
  readonly ollama: {
    readonly running: boolean
    readonly version: string | null
    readonly store: string | null
    readonly warning: string | null
  } | null
}

export interface Gpu {
  readonly vendor: 'nvidia' | 'amd' | 'intel' | 'apple'
  readonly model: string
  readonly vramTotalBytes: number | null
  readonly vramFreeBytes: number | null
  readonly driver: string | null
  /** Memory shared with the processor (APU, Apple): vram numbers are then what the GPU may use of it. */
  readonly unified: boolean
  readonly busyPercent: number | null
}

/** One line of `bzzz doctor`. `remedy` is a command or a sentence, present whenever level is not ok. */
export interface Finding {
  readonly check: string
  readonly level: 'ok' | 'warn' | 'fail'
  readonly message: string
  readonly remedy?: string
}
