import { closeSync, openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Fault } from '../base/index.ts'
import { freePort, isFree } from './free-port.ts'
import type { NodeClient } from './ports.ts'

const readyWithinMs = 60_000

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
  /** Port of the first node's page; 0 lets the system choose, as it does for the others, and as it does where this one is taken. */
  readonly webPort: number
}

export interface Place {
  readonly folder: string
  readonly config: string
  /** The how manieth node of this demo. */
  readonly order: number
}

/** A node that is yet to be started. Once killed it can be started again: same state, same ports. */
export const demoNode = (name: string, { folder, config, order }: Place, launch: Launch): DemoNode => {
  const data = join(folder, name)
  const socket = join(data, 'bzzz.sock')
  const log = join(folder, `${name}.log`)
  const client = launch.connect(socket)
  const meshPort = freePort(order)
  let webPort = order === 0 ? launch.webPort : 0
  let child: Bun.Subprocess<'pipe', 'ignore', number> | null = null
  let page: string | null = null

  const spawn = (port: number) => {
    const flags = [
      ...['run', '--config', config, '--data', data, '--socket', socket, '--name', name, '--stop-with-parent'],
      ...['--mesh-host', '127.0.0.1', '--mesh-port', String(meshPort), '--web-port', String(port)],
    ]
    const stderr = openSync(log, 'a')
    try {
      return Bun.spawn([...launch.command, ...flags], { stdin: 'pipe', stdout: 'ignore', stderr, env: environment(process.env) })
    } finally {
      closeSync(stderr)
    }
  }

  const runs = async (port: number): Promise<boolean> => {
    const started = spawn(port)
    child = started
    const answered = await answersWithin(client, started, readyWithinMs)
    if (!answered) started.kill('SIGKILL')
    return answered
  }

  const start = async () => {
    const port = isFree(webPort) ? webPort : 0
    // Another program may have taken the port in between.
    if (!(await runs(port)) && !(port !== 0 && !isFree(port) && (await runs(0)))) {
      throw new Fault('demo-node-failed', `${name} did not start.`, { hint: lastWords(readFileSync(log, 'utf8')) })
    }
    page = (await client.identity()).page
    if (page !== null) webPort = Number(new URL(page).port)
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

/** Settings of a real node on this machine are none of the demo's. */
const environment = (env: Readonly<Record<string, string | undefined>>) => ({
  ...Object.fromEntries(Object.entries(env).filter(([name]) => !name.startsWith('BZZZ_'))),
  BZZZ_LOG_LEVEL: env.BZZZ_LOG_LEVEL || 'warn',
  BZZZ_LOG_FORMAT: 'json',
})

const answersWithin = async (client: NodeClient, child: Bun.Subprocess, limitMs: number): Promise<boolean> => {
  const until = performance.now() + limitMs
  while (performance.now() < until && child.exitCode === null && child.signalCode === null) {
    // The socket answers before the page's port is had; only then is it clear that the node stays.
    const identity = await client.identity().catch(() => null)
    if (identity?.page != null) return true
    await Bun.sleep(20)
  }
  return false
}

/** What a node that gave up said: its sentence and remedy, without the log lines before them. */
const lastWords = (said: string): string => {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('{'))
  return lines.length === 0 ? 'It said nothing.' : lines.map((line) => line.replace(/^[✖x] /, '').trim()).join(' ')
}
