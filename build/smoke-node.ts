import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { type Client, connect } from '../src/cli/client.ts'
import { ownTarget, type Target } from './targets.ts'

const arm64Libraries = '/usr/aarch64-linux-gnu'
const startWithinMs = 60_000

/** How this machine runs an executable of `target`: as it is, under qemu-user, or not at all (null). */
export const runnerFor = (target: Target, executable: string): readonly string[] | null => {
  const own = ownTarget()
  if (target.platform === own.platform && target.arch === own.arch && target.libc === own.libc) return [executable]
  const emulated = target.name === 'linux-arm64' && Bun.which('qemu-aarch64-static') !== null && existsSync(arm64Libraries)
  return emulated ? ['qemu-aarch64-static', '-L', arm64Libraries, executable] : null
}

export interface Started {
  readonly client: Client
  readonly startedMs: number
  stop(): Promise<void>
}

/** Starts a node on free ports of loopback with an empty environment, and waits until /healthz answers. */
export const startNode = async (name: string, folder: string, runner: readonly string[]): Promise<Started> => {
  const [mesh, web] = [await freePort(), await freePort()]
  const data = join(folder, name)
  const socket = join(folder, `${name}.sock`)
  const began = performance.now()
  const flags = [
    '--data',
    data,
    '--socket',
    socket,
    '--name',
    name,
    '--mesh-host',
    '127.0.0.1',
    '--mesh-port',
    `${mesh}`,
    '--web-port',
    `${web}`,
  ]
  const log = Bun.file(join(folder, `${name}.log`))
  const child = Bun.spawn([...runner, 'run', ...flags], { cwd: folder, env: {}, stdin: 'ignore', stdout: 'ignore', stderr: log })
  const stop = async () => {
    child.kill('SIGTERM')
    const ended = await Promise.race([child.exited, Bun.sleep(10_000).then(() => null)])
    if (ended === null) child.kill('SIGKILL')
  }
  while (child.exitCode === null && performance.now() - began < startWithinMs) {
    const answer = await fetch(`http://127.0.0.1:${web}/healthz`, { signal: AbortSignal.timeout(2_000) }).catch(() => null)
    if (answer?.ok) return { client: connect(socket), startedMs: Math.round(performance.now() - began), stop }
    await Bun.sleep(20)
  }
  await stop()
  throw new Error(`${name} did not answer /healthz: ${(await log.text()).trim().split('\n').at(-1)}`)
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
