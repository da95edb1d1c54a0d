import { connect } from '../../src/cli/client.ts'
import { etcdClient } from './etcd-client.ts'
import { type Summary, summary } from './quantiles.ts'

/** What one process of clients did in the measured time. */
export interface LoadResult {
  /** All that were acknowledged, those of the warm-up included. */
  readonly puts: number
  readonly putsPerSecond: number
  readonly ms: Summary
  /** Processor time of this very process for each put, in microseconds. */
  readonly clientMicros: number
}

const valueBytes = 256
const keysOfClient = 1_000
const warmUpMs = 500

/**
 * A process of its own: `clients` clients of one node, each writing one value after another over the connection (or connections) that the
 * process's one client library keeps. Arguments: contestant, socket, clients, milliseconds. Prints a LoadResult.
 */
const run = async (contestant: string, socketPath: string, clients: number, ms: number): Promise<LoadResult> => {
  const client = contestant === 'etcd' ? etcdClient(socketPath) : connect(socketPath)
  const value = 'x'.repeat(valueBytes)
  const latencies: number[] = []
  let from = performance.now() + warmUpMs
  const until = from + ms
  let used = process.cpuUsage()
  let warming = 0
  setTimeout(() => {
    warming = latencies.length
    used = process.cpuUsage()
    from = performance.now()
    latencies.length = 0
  }, warmUpMs)
  const write = async (name: number) => {
    for (let n = 0; performance.now() < until; n += 1) {
      const began = performance.now()
      await client.put(`bench/${name}/${n % keysOfClient}`, value)
      latencies.push(performance.now() - began)
    }
  }
  await Promise.all(Array.from({ length: clients }, (_, name) => write(name)))
  const { user, system } = process.cpuUsage(used)
  return {
    puts: warming + latencies.length,
    putsPerSecond: (latencies.length * 1000) / (performance.now() - from),
    ms: summary(latencies),
    clientMicros: (user + system) / latencies.length,
  }
}

if (import.meta.main) {
  const [contestant = '', socketPath = '', clients, ms] = process.argv.slice(2)
  console.log(JSON.stringify(await run(contestant, socketPath, Number(clients), Number(ms))))
  process.exit(0)
}
