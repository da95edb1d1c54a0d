import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem } from 'node:os'

/** Where and with what the numbers were measured: without it they mean nothing. */
export interface Machine {
  readonly date: string
  readonly processor: string
  readonly cores: number
  readonly memoryGigabytes: number
  readonly kernel: string
  /** Runnable processes over the last minute, before the run: how quiet the machine was. */
  readonly loadBefore: number
  readonly bzzz: string
  readonly etcd: string | null
  readonly bun: string
}

export const describeMachine = (executable: string): Machine => ({
  date: new Date().toISOString().slice(0, 16).replace('T', ' '),
  processor: /model name\s*: (.+)/.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1] ?? cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryGigabytes: Math.round(totalmem() / 1e9),
  kernel: release(),
  loadBefore: loadavg()[0] ?? Number.NaN,
  bzzz: firstLine([executable, 'version']) ?? 'unknown',
  etcd: Bun.which('etcd') === null ? null : firstLine(['etcd', '--version']),
  bun: Bun.version,
})

const firstLine = (command: string[]): string | null => {
  const run = Bun.spawnSync(command, { stdin: 'ignore', stderr: 'ignore' })
  return run.success ? (run.stdout.toString().split('\n')[0] ?? null) : null
}
