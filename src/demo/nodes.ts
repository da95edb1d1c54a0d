import { lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../base/index.ts'
import { freePort } from './free-port.ts'
import type { NodeClient } from './ports.ts'

const folderPrefix = 'bzzz-demo-'
const readyWithinMs = 20_000

/** Names in the order in which the nodes are started; nine at most. */
export const nodeNames = ['atlas', 'nova', 'vega', 'mini', 'pi', 'juno', 'lyra', 'echo', 'sol'] as const

/** One node process of the demo. `kill` is SIGKILL: the death the demo shows. */
export interface DemoNode {
  readonly name: string
  readonly client: NodeClient
  readonly pid: () => number
  readonly page: () => string | null
  readonly alive: () => boolean
  start(): Promise<void>
  kill(): Promise<void>
}

export interface Launch {
  /** How this program starts itself: the executable, or Bun with the source. */
  readonly command: readonly string[]
  readonly connect: (socketPath: string) => NodeClient
  /** Port of the first node's page; 0 lets the system choose. The others always choose. */
  readonly webPort: number
}

export interface DemoNodes extends AsyncDisposable {
  readonly folder: string
  readonly nodes: readonly DemoNode[]
}

/**
 * Starts `count` real node processes on loopback with state in a temporary folder. They stop when this process ends, however it ends
 * (their standard input closes), and the folder is removed; what a killed demo left behind is removed by the next one.
 */
export const startNodes = async (count: number, launch: Launch): Promise<DemoNodes> => {
  removeLeftovers()
  const folder = mkdtempSync(join(tmpdir(), `${folderPrefix}${process.pid}-`))
  const nodes = nodeNames
    .slice(0, count)
    .map((name, n) => demoNode(name, join(folder, name), { ...launch, webPort: n === 0 ? launch.webPort : 0 }))
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.kill()))
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    await Promise.all(nodes.map((node) => node.start()))
  } catch (error) {
    await stop()
    throw error
  }
  return { folder, nodes, [Symbol.asyncDispose]: stop }
}

const demoNode = (name: string, data: string, launch: Launch): DemoNode => {
  const socket = join(data, 'bzzz.sock')
  const client = launch.connect(socket)
  let child: Bun.Subprocess<'pipe', 'ignore', Bun.BunFile> | null = null
  let page: string | null = null
  const meshPort = freePort()
  const complaints = join(data, '..', `${name}.log`)

  const start = async () => {
    const flags = ['run', '--data', data, '--socket', socket, '--name', name, '--mesh-host', '127.0.0.1', '--mesh-port', String(meshPort)]
    const started = Bun.spawn([...launch.command, ...flags, '--web-port', String(launch.webPort), '--stop-with-parent'], {
      stdin: 'pipe',
      stdout: 'ignore',
      stderr: Bun.file(complaints),
      env: { ...process.env, BZZZ_LOG_LEVEL: process.env.BZZZ_LOG_LEVEL ?? 'warn', BZZZ_LOG_FORMAT: 'json' },
    })
    child = started
    const answered = await answersWithin(client, started, readyWithinMs)
    if (!answered) {
      started.kill('SIGKILL')
      const said = await Bun.file(complaints)
        .text()
        .catch(() => '')
      throw new Fault('demo-node-failed', `${name} did not start.`, { hint: said.trim().split('\n').at(-1) ?? 'It printed nothing.' })
    }
    const identity = await client.identity()
    page = identity.page
  }

  const kill = async () => {
    child?.kill('SIGKILL')
    await child?.exited
  }
  return {
    name,
    client,
    pid: () => child?.pid ?? 0,
    page: () => page,
    alive: () => child !== null && child.exitCode === null && child.signalCode === null,
    start,
    kill,
  }
}

const answersWithin = async (client: NodeClient, child: Bun.Subprocess, limitMs: number): Promise<boolean> => {
  const until = performance.now() + limitMs
  while (performance.now() < until && child.exitCode === null && child.signalCode === null) {
    const answer = await client.health().catch(() => null)
    if (answer !== null) return true
    await Bun.sleep(20)
  }
  return false
}

/** Folders of demos whose process is gone. */
const removeLeftovers = (): void => {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(folderPrefix) ? Number(name.slice(folderPrefix.length).split('-')[0]) : 0
    const folder = join(tmpdir(), name)
    if (pid > 0 && !isRunning(pid) && isOurs(folder)) rmSync(folder, { recursive: true, force: true })
  }
}

/** Other people's folders are theirs to remove. */
const isOurs = (folder: string): boolean => lstatSync(folder, { throwIfNoEntry: false })?.uid === process.getuid?.()

const isRunning = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
