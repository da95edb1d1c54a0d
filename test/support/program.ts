import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { type Client, connect } from '../../src/cli/client.ts'
import { formDemo } from '../../src/demo/form.ts'
import { freePort } from '../../src/demo/free-port.ts'
import { startNodes } from '../../src/demo/index.ts'

const main = join(import.meta.dir, '..', '..', 'src', 'main.ts')

/** The program under test: the executable that BZZZ_EXECUTABLE names, else the source. */
export const command: readonly string[] = process.env.BZZZ_EXECUTABLE ? [resolve(process.env.BZZZ_EXECUTABLE)] : [process.execPath, main]

/** The variables of this process without any of bzzz's own and without colours. */
export const plainEnvironment = (): Record<string, string | undefined> => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('BZZZ_') && !/^(NO|FORCE)_COLOR$/.test(name))),
  LANG: 'C.UTF-8',
  TZ: 'UTC',
})

/** A folder of its own for one test; short, because a socket's path is bounded. */
export const temporaryFolder = (name = 'bzzz-t-'): Disposable & { readonly path: string } => {
  const path = mkdtempSync(join(tmpdir(), name))
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) }
}

/** Looks again and again until there is something to see. */
export const until = async <Value>(
  what: string,
  look: () => Promise<Value | null | undefined | false> | Value | null | undefined | false,
  withinMs = 20_000,
): Promise<Value> => {
  for (const end = performance.now() + withinMs; performance.now() < end; await Bun.sleep(15)) {
    const seen = await look()
    if (seen !== null && seen !== undefined && seen !== false) return seen
  }
  throw new Error(`${what}: not within ${withinMs / 1000} s.`)
}

export interface Ended {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly tookMs: number
}

/** Runs the program to its end. */
export const bzzz = async (
  args: readonly string[],
  given: { readonly env?: Record<string, string>; readonly limitMs?: number } = {},
): Promise<Ended> => {
  const from = performance.now()
  const child = Bun.spawn([...command, ...args], {
    env: { ...plainEnvironment(), ...given.env },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: given.limitMs ?? 30_000,
    killSignal: 'SIGKILL',
  })
  const [out, err, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited])
  return { code, out, err, tookMs: performance.now() - from }
}

/** A node process that this test started and that ends with it at the latest. */
export interface RunningNode extends AsyncDisposable {
  readonly child: Bun.Subprocess<'pipe', 'pipe', 'pipe'>
  readonly client: Client
  readonly data: string
  readonly socket: string
  readonly meshPort: number
  /** Sends the signal and waits for the end; what was said on stderr comes with the exit code. */
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<{ readonly code: number; readonly err: string }>
}

let nextPort = 0

/** Starts `bzzz run` on free ports and resolves when it answers; a node that ends instead fails with what it said. */
export const runNode = async (
  data: string,
  given: { readonly flags?: readonly string[]; readonly env?: Record<string, string>; readonly meshPort?: number } = {},
): Promise<RunningNode> => {
  const socket = join(data, 'bzzz.sock')
  const meshPort = given.meshPort ?? freePort(nextPort++ % 16)
  const child = Bun.spawn([...command, ...runFlags(data, meshPort), ...(given.flags ?? [])], {
    env: { ...plainEnvironment(), BZZZ_LOG_LEVEL: 'warn', BZZZ_LOG_FORMAT: 'json', ...given.env },
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  const client = connect(socket)
  const said = child.stderr.text()
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal)
    return { code: await child.exited, err: await said }
  }
  await until('the node answers', async () => {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the node ended: ${await said}`)
    return client.health().catch(() => null)
  })
  return { child, client, data, socket, meshPort, end, [Symbol.asyncDispose]: async () => void (await end('SIGKILL')) }
}

/** The arguments of a node on loopback that reads no configuration of this machine. */
export const runFlags = (data: string, meshPort: number): readonly string[] => [
  'run',
  ...['--config', '/dev/null', '--data', data, '--name', 'atlas', '--web-port', '0', '--stop-with-parent'],
  ...['--mesh-host', '127.0.0.1', '--mesh-port', String(meshPort)],
]

/** A formed cluster of real processes; a second client of each node knows all that the socket offers. */
export const runCluster = async (count: number) => {
  const demo = await startNodes(count, { command, connect, webPort: 0 })
  try {
    const view = await formDemo(demo.nodes, () => {})
    const clientOf = (name: string) => connect(join(demo.folder, name, 'bzzz.sock'))
    return { ...demo, view, clientOf }
  } catch (error) {
    await demo[Symbol.asyncDispose]()
    throw error
  }
}
