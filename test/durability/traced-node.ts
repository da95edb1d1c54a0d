import { readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type SocketClient, socketClient } from '../support/socket-client.ts'
import { readTrace, straceOptions, type Trace } from './trace.ts'

const readyWithinMs = 30_000

/** A node of the executable that ships, under strace. */
export interface TracedNode {
  readonly name: string
  readonly client: SocketClient
  /** SIGKILL to the node, not to strace; resolves when both are gone. */
  kill(): Promise<void>
  stop(): Promise<void>
  trace(): Trace
}

/** Starts a node on loopback; every sync of its disk takes `syncDelayMs` longer where that is given. */
export const startTraced = async (name: string, folder: string, executable: string, syncDelayMs = 0): Promise<TracedNode> => {
  const socket = join(folder, `${name}.sock`)
  const client = socketClient(socket)
  const slow = syncDelayMs === 0 ? [] : ['-e', `inject=fsync,fdatasync:delay_enter=${syncDelayMs * 1000}`]
  const flags = ['--data', join(folder, name), '--socket', socket, '--name', name, '--mesh-host', '127.0.0.1']
  const ports = ['--mesh-port', String(await freePort()), '--web-port', '0']
  const log = Bun.file(join(folder, `${name}.log`))
  const tracer = Bun.spawn(['strace', ...straceOptions(join(folder, `${name}.strace`)), ...slow, executable, 'run', ...flags, ...ports], {
    cwd: folder,
    env: { BZZZ_LOG_FORMAT: 'json' },
    stdin: 'ignore',
    stdout: 'ignore',
    stderr: log,
  })
  const signal = async (what: 'SIGKILL' | 'SIGTERM') => {
    if (tracer.exitCode !== null || tracer.signalCode !== null) return
    const node = childOf(tracer.pid)
    if (node !== null) process.kill(node, what)
    const ended = await Promise.race([tracer.exited, Bun.sleep(15_000).then(() => null)])
    if (ended === null) tracer.kill('SIGKILL')
  }
  const until = performance.now() + readyWithinMs
  while (tracer.exitCode === null && performance.now() < until) {
    if (
      await client.identity().then(
        () => true,
        () => false,
      )
    ) {
      return {
        name,
        client,
        kill: () => signal('SIGKILL'),
        stop: () => signal('SIGTERM'),
        trace: () => readTrace(name, folder, `${name}.strace`),
      }
    }
    await Bun.sleep(50)
  }
  tracer.kill('SIGKILL')
  throw new Error(`${name} did not start under strace: ${(await log.text()).trim().split('\n').at(-1)}`)
}

const childOf = (pid: number): number | null => {
  for (const task of readdirSync(`/proc/${pid}/task`)) {
    const children = readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').trim()
    if (children !== '') return Number(children.split(' ')[0])
  }
  return null
}

const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => (typeof address === 'object' && address !== null ? resolve(address.port) : reject(new Error('no port'))))
    })
  })
