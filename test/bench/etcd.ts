import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { freePort } from '../../src/demo/free-port.ts'
import { type Contestant, eventually, type Instance } from './contestant.ts'
import { type EtcdClient, etcdClient } from './etcd-client.ts'
import { removeFolder, scratchFolder } from './scratch.ts'

export const etcdMissing = 'etcd is not installed: `apt-get install etcd-server`. Only bzzz was measured.'
export const hasEtcd = (): boolean => Bun.which('etcd') !== null

/** Where an instance runs: the address of its peer port, and what its command is preceded by. */
export interface Spot {
  readonly address: string
  readonly within: readonly string[]
}

interface EtcdInstance extends Instance {
  readonly client: EtcdClient
}

// Our own nodes take the first ports of this process.
const firstPort = 9

// "unix://NAME:NUMBER" is a socket of that name in the folder where etcd runs: it knows no other way to write one.
const socketName = 'client:1'

/**
 * `spots.length` etcd processes with the defaults of Debian's etcd-server: timers, fsync, snapshots. Clients come over a Unix socket, as ours
 * do. They die with this process, however it ends.
 */
export const startEtcd = async (spots: readonly Spot[]): Promise<Contestant> => {
  const folder = scratchFolder()
  const peers = spots.map(({ address }, n) => `http://${address}:${address === '127.0.0.1' ? freePort(firstPort + n) : 2380}`)
  const cluster = peers.map((url, n) => `e${n + 1}=${url}`).join(',')
  const instances = spots.map(({ within }, n) => instance(`e${n + 1}`, join(folder, `e${n + 1}`), peers[n] ?? '', cluster, within))
  await Promise.all(instances.map((one) => one.start()))
  return {
    name: 'etcd',
    instances,
    healthy: () => eventually('a healthy etcd cluster', () => leaderOf(instances)),
    [Symbol.asyncDispose]: async () => {
      await Promise.all(instances.map((one) => one.kill()))
      removeFolder(folder)
    },
  }
}

const instance = (name: string, folder: string, peerUrl: string, cluster: string, within: readonly string[]): EtcdInstance => {
  mkdirSync(folder)
  const socketPath = join(folder, socketName)
  const client = etcdClient(socketPath)
  let child: Bun.Subprocess | null = null
  const flags = [
    ['--name', name],
    ['--data-dir', join(folder, 'data')],
    ['--listen-peer-urls', peerUrl],
    ['--initial-advertise-peer-urls', peerUrl],
    ['--listen-client-urls', `unix://${socketName}`],
    ['--advertise-client-urls', `unix://${socketName}`],
    ['--initial-cluster', cluster],
    ['--initial-cluster-state', 'new'],
    ['--logger', 'zap'],
    ['--log-level', 'error'],
  ].flat()
  return {
    name,
    socketPath,
    client,
    pid: () => child?.pid ?? 0,
    put: (key, value) => client.put(key, value),
    kill: async () => {
      child?.kill('SIGKILL')
      await child?.exited
      client[Symbol.dispose]()
    },
    start: async () => {
      // etcd does not replace the socket that a killed one left.
      rmSync(socketPath, { force: true })
      // Both of these replace themselves by the next command: the process id is etcd's own.
      child = Bun.spawn([...within, 'setpriv', '--pdeathsig', 'KILL', 'etcd', ...flags], {
        cwd: folder,
        stdin: 'ignore',
        stdout: 'ignore',
        stderr: Bun.file(join(folder, 'log')),
      })
    },
  }
}

const leaderOf = async (instances: readonly EtcdInstance[]): Promise<Instance | null> => {
  const seen = await Promise.all(instances.map(async (one) => ({ one, status: await one.client.status() })))
  const leaders = new Set(seen.map(({ status }) => status.leader))
  const indexes = seen.map(({ status }) => Number(status.index))
  if (leaders.size !== 1 || leaders.has(0n) || Math.max(...indexes) - Math.min(...indexes) > indexLagMax) return null
  return seen.find(({ status }) => status.member === status.leader)?.one ?? null
}

/** Entries between the first and the last instance that still count as caught up. */
const indexLagMax = 10
