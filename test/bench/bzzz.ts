import { join } from 'node:path'
import { type Client, connect } from '../../src/cli/client.ts'
import { type DemoNode, formDemo, startNodes } from '../../src/demo/index.ts'
import { isFormed, votersOf } from '../../src/deploy/index.ts'
import { type Contestant, eventually, type Instance } from './contestant.ts'

/** What is measured of ours, wherever its processes run. */
export interface BzzzInstance extends Instance {
  readonly client: Client
}

export interface Bzzz extends Contestant {
  readonly instances: readonly BzzzInstance[]
  /** From the start of the processes to a formed cluster. */
  readonly formedMs: number
}

/** A cluster of `count` executables on loopback, founded and joined as the demo does it. */
export const startBzzz = async (count: number, executable: string): Promise<Bzzz> => {
  const from = performance.now()
  const started = await startNodes(count, { command: [executable], connect, webPort: 0 })
  try {
    await formDemo(started.nodes, () => {})
    return { ...contestant(started.nodes, started, (name) => join(started.folder, name, 'bzzz.sock')), formedMs: performance.now() - from }
  } catch (error) {
    await started[Symbol.asyncDispose]()
    throw error
  }
}

/** Nodes that form a cluster already, as a contestant. `owner` stops them. */
export const contestant = (
  nodes: readonly DemoNode[],
  owner: AsyncDisposable,
  socketOf: (name: string) => string,
): Omit<Bzzz, 'formedMs'> => {
  const instances = nodes.map((node): BzzzInstance => {
    const socketPath = socketOf(node.name)
    const client = connect(socketPath)
    return {
      name: node.name,
      socketPath,
      client,
      pid: node.pid,
      put: (key, value) => client.put(key, value),
      kill: () => node.kill(),
      start: () => node.start(),
    }
  })
  return {
    name: 'bzzz',
    instances,
    healthy: () => eventually('a healthy bzzz cluster', () => leaderOf(instances)),
    [Symbol.asyncDispose]: () => owner[Symbol.asyncDispose](),
  }
}

const leaderOf = async (instances: readonly BzzzInstance[]): Promise<Instance | null> => {
  const views = await Promise.all(instances.map(({ client }) => client.view()))
  const leaders = new Set(views.map((view) => view.leader?.name))
  const indexes = views.map((view) => view.log.appliedIndex)
  const formed = views.every((view) => isFormed(view, instances.length, votersOf(instances.length)))
  if (!formed || leaders.size !== 1 || Math.max(...indexes) - Math.min(...indexes) > indexLagMax) return null
  return instances.find(({ name }) => leaders.has(name)) ?? null
}

/** Entries between the first and the last member that still count as caught up. */
const indexLagMax = 10
