import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Client, connect } from '../../src/cli/client.ts'

/** A node in no cluster, as a process of its own on loopback, in a data folder that outlives restarts. */
export interface FreshNode extends AsyncDisposable {
  readonly folder: string
  readonly data: string
  readonly socket: string
  readonly url: () => string
  readonly client: Client
  readonly pid: () => number
  /** Everything it ever wrote to stdout and stderr. */
  said(): string
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>
  start(): Promise<void>
}

/** Starts one by `command` (the executable, or Bun with the source). */
export const freshNode = async (command: readonly string[], flags: readonly string[] = []): Promise<FreshNode> => {
  const folder = mkdtempSync(join(tmpdir(), 'bzzz-fresh-'))
  const data = join(folder, 'data')
  const socket = join(folder, 'node.sock')
  const files = { out: join(folder, 'out.log'), err: join(folder, 'err.log') }
  let child: Bun.Subprocess<'ignore', 'pipe', Bun.BunFile> | null = null
  let facts = { page: '', pid: 0 }
  let earlier = ''
  const start = async () => {
    const own = ['--data', data, '--socket', socket, '--mesh-host', '127.0.0.1', '--web-port', '0', ...flags]
    child = Bun.spawn([...command, 'run', ...own, '--json'], {
      env: { PATH: process.env.PATH },
      stdin: 'ignore',
      stdout: 'pipe',
      stderr: Bun.file(files.err),
    })
    const reader = child.stdout.getReader()
    let text = ''
    while (!text.trimEnd().endsWith('}')) {
      const { value, done } = await reader.read()
      if (done) throw new Error(`The node did not start: ${readFileSync(files.err, 'utf8')}`)
      text += Buffer.from(value).toString()
    }
    reader.releaseLock()
    earlier += text
    facts = JSON.parse(text)
  }
  const stop = async (signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM') => {
    child?.kill(signal)
    await child?.exited
    earlier += readFileSync(files.err, 'utf8')
  }
  await start()
  return {
    folder,
    data,
    socket,
    url: () => facts.page,
    client: connect(socket),
    pid: () => facts.pid,
    said: () => earlier + readFileSync(files.err, 'utf8'),
    stop,
    start,
    [Symbol.asyncDispose]: async () => {
      child?.kill('SIGKILL')
      await child?.exited
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
