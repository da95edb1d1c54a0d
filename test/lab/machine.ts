import { closeSync, mkdirSync, openSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { type SocketClient, socketClient } from '../support/socket-client.ts'
import type { Place } from './network.ts'
import { attempt, sh } from './shell.ts'

const diskMegabytes = 384
const readyWithinMs = 20_000

/** One machine of the lab: a namespace, a disk of its own, and the executable that ships. */
export interface Machine {
  readonly name: string
  readonly place: Place
  readonly client: SocketClient
  start(): Promise<void>
  signal(name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>
  /** Leaves no byte free on its disk, and gives the space back. */
  fillDisk(): void
  freeDisk(): void
  complaints(): string
  remove(): Promise<void>
}

/** A machine called `name` at `place`; its disk is a small tmpfs below `folder`, so that it can be filled. */
export const machine = (name: string, place: Place, folder: string, executable: string): Machine => {
  const disk = join(folder, name)
  const data = join(disk, 'data')
  const socket = join(folder, `${name}.sock`)
  const log = join(folder, `${name}.log`)
  const ballast = join(disk, 'ballast')
  const client = socketClient(socket)
  let child: Bun.Subprocess | null = null
  mkdirSync(disk)
  sh('mount', '-t', 'tmpfs', '-o', `size=${diskMegabytes}m,mode=0700`, 'bzlab', disk)

  const start = async () => {
    const flags = [
      '--data',
      data,
      '--socket',
      socket,
      '--name',
      name,
      '--mesh-host',
      place.address,
      '--mesh-port',
      '8081',
      '--web-port',
      '8080',
    ]
    const output = openSync(log, 'a')
    const started = Bun.spawn(['ip', 'netns', 'exec', place.namespace, executable, 'run', ...flags], {
      cwd: folder,
      env: { BZZZ_LOG_LEVEL: 'info', BZZZ_LOG_FORMAT: 'json' },
      stdin: 'ignore',
      stdout: output,
      stderr: output,
    })
    closeSync(output)
    child = started
    const until = performance.now() + readyWithinMs
    while (started.exitCode === null && performance.now() < until) {
      if (
        await client.identity().then(
          () => true,
          () => false,
        )
      )
        return
      await Bun.sleep(25)
    }
    throw new Error(`${name} does not answer: ${complaints()}`)
  }
  const complaints = () => attempt('tail', '-n', '5', log)
  return {
    name,
    place,
    client,
    start,
    complaints,
    signal: async (signal) => {
      child?.kill(signal)
      if (signal === 'SIGKILL') await child?.exited
    },
    fillDisk: () => {
      // Most of it at once, then to the last block; the node writes meanwhile, so what is free can only be known by taking it.
      const free = statfsSync(disk)
      attempt('fallocate', '-l', String(Math.max(0, free.bavail * free.bsize - 4_000_000)), ballast)
      for (const block of ['64k', '512']) attempt('dd', 'if=/dev/zero', `of=${ballast}.${block}`, `bs=${block}`, 'status=none')
    },
    freeDisk: () => {
      for (const file of [ballast, `${ballast}.64k`, `${ballast}.512`]) rmSync(file, { force: true })
    },
    remove: async () => {
      child?.kill('SIGKILL')
      await child?.exited
      attempt('umount', disk)
    },
  }
}
