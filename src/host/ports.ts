/** What a command gave back. Never throws: a missing program, a crash and a hang are answers like any other. */
export interface Ran {
  /** Exit code; null when it did not end by itself. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** `missing`: no such program. `timed-out`: killed after the limit, or an earlier run of the same program still hangs. */
  readonly problem: 'missing' | 'timed-out' | 'failed' | null
}

/** Runs a program without a shell, in the C locale, for at most `timeoutMs`. */
export type Run = (program: string, args: readonly string[], options?: { readonly timeoutMs?: number }) => Promise<Ran>

export interface FileFacts {
  readonly kind: 'file' | 'folder' | 'other'
  /** Permission bits only: 0o600. */
  readonly mode: number
  readonly uid: number
}

export interface Space {
  readonly totalBytes: number
  /** What an ordinary user may still write. */
  readonly freeBytes: number
}

/** The file system as detection sees it. What is missing, unreadable or does not answer in time is null or empty, never an error. */
export interface Files {
  /** At most 1 MiB of text. */
  text(path: string): Promise<string | null>
  bytes(path: string, lengthMax: number): Promise<Uint8Array | null>
  /** Names in a folder, sorted. */
  list(folder: string): Promise<readonly string[]>
  /** Where a symbolic link points, as written in it. */
  link(path: string): Promise<string | null>
  /** The path with all symbolic links followed. */
  real(path: string): Promise<string | null>
  facts(path: string): Promise<FileFacts | null>
  space(path: string): Promise<Space | null>
}

/** The little of HTTP that is needed to ask an Ollama; null when nobody answers in time. */
export type Ask = (url: string, timeoutMs: number) => Promise<{ readonly status: number; readonly body: string } | null>

/** Everything detection and `doctor` touch of this machine. */
export interface HostPorts {
  readonly run: Run
  readonly files: Files
  readonly ask: Ask
  readonly platform: 'linux' | 'darwin'
  /** As Node names it: x64, arm64. */
  readonly arch: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly homeFolder: string
}

/** Limit for every command, file and request of detection. */
export const answerMsMax = 2_000
