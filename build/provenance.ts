import { version } from '../package.json' with { type: 'json' }

/** What an executable says about where it comes from. */
export interface Provenance {
  readonly version: string
  /** Full hash, with "-dirty" where the working tree differs; "unknown" outside a git checkout. */
  readonly commit: string
  /** Seconds since 1970 of that commit, so that archives of one commit are equal byte for byte; 0 when unknown. */
  readonly committedAt: number
}

/** Version from package.json, commit from git. */
export const provenance = (): Provenance => {
  const commit = git('rev-parse', 'HEAD')
  if (commit === null) return { version, commit: 'unknown', committedAt: 0 }
  const dirty = git('status', '--porcelain', '--untracked-files=no') !== ''
  return { version, commit: dirty ? `${commit}-dirty` : commit, committedAt: Number(git('log', '-1', '--format=%ct') ?? 0) }
}

const git = (...args: readonly string[]): string | null => {
  try {
    const run = Bun.spawnSync(['git', ...args], { cwd: import.meta.dir, stdin: 'ignore', stderr: 'ignore' })
    return run.success ? run.stdout.toString().trim() : null
  } catch {
    return null // no git on this machine
  }
}
