import { join } from 'node:path'
import { startBzzz } from './bzzz.ts'
import type { Contestant } from './contestant.ts'
import { hasEtcd, startEtcd } from './etcd.ts'
import type { LoadResult } from './load.ts'
import { processSeconds } from './process-time.ts'
import { median } from './quantiles.ts'

export interface WriteRound {
  readonly contestant: Contestant['name']
  readonly clients: number
  readonly putsPerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Processor time for each put, of the clients' process and of all three nodes together. */
  readonly clientMicros: number
  readonly clusterMicros: number
}

export interface WriteOptions {
  readonly executable: string
  readonly rounds: number
  readonly secondsEach: number
  readonly tell: (sentence: string) => void
}

const clientCounts = [1, 64]
const warmUpMs = 10_000
const loopback = { address: '127.0.0.1', within: [] }

/** Three nodes of each contestant side by side; the same load in turn against the leader of each, round after round. */
export const measureWrites = async ({ executable, rounds, secondsEach, tell }: WriteOptions): Promise<readonly WriteRound[]> => {
  await using ours = await startBzzz(3, executable)
  await using theirs = hasEtcd() ? await startEtcd([loopback, loopback, loopback]) : null
  const contestants = theirs === null ? [ours] : [ours, theirs]
  // Until the compilers of both sides have nothing left to do: ours compiles as it runs.
  for (const clients of clientCounts) for (const contestant of contestants) await load(contestant, clients, warmUpMs)
  const results: WriteRound[] = []
  for (let round = 0; round < rounds; round += 1) {
    for (const clients of clientCounts) {
      for (const contestant of round % 2 === 0 ? contestants : contestants.toReversed()) {
        const result = await load(contestant, clients, secondsEach * 1000)
        results.push(result)
        const { putsPerSecond, p50Ms } = result
        tell(`round ${round + 1}/${rounds} ${contestant.name} ${clients} clients ${putsPerSecond.toFixed(0)}/s p50 ${p50Ms.toFixed(2)} ms`)
      }
    }
  }
  return results
}

const load = async (contestant: Contestant, clients: number, ms: number): Promise<WriteRound> => {
  const leader = await contestant.healthy()
  const used = () => contestant.instances.reduce((sum, one) => sum + processSeconds(one.pid()), 0)
  const before = used()
  const child = Bun.spawn(
    [process.execPath, join(import.meta.dir, 'load.ts'), contestant.name, leader.socketPath, String(clients), String(ms)],
    { stdin: 'ignore', stdout: 'pipe', stderr: 'inherit' },
  )
  const printed = await new Response(child.stdout).text()
  if ((await child.exited) !== 0) throw new Error(`The clients of ${contestant.name} failed.`)
  const result = JSON.parse(printed) as LoadResult // what load.ts prints
  return {
    contestant: contestant.name,
    clients,
    putsPerSecond: result.putsPerSecond,
    p50Ms: result.ms.p50,
    p99Ms: result.ms.p99,
    clientMicros: result.clientMicros,
    clusterMicros: ((used() - before) * 1e6) / result.puts,
  }
}

/** Medians over the rounds of one contestant with so many clients; null where it was not measured. */
export const medians = (rounds: readonly WriteRound[], contestant: Contestant['name'], clients: number) => {
  const own = rounds.filter((round) => round.contestant === contestant && round.clients === clients)
  if (own.length === 0) return null
  return {
    putsPerSecond: median(own.map((round) => round.putsPerSecond)),
    p50Ms: median(own.map((round) => round.p50Ms)),
    p99Ms: median(own.map((round) => round.p99Ms)),
    clientMicros: median(own.map((round) => round.clientMicros)),
    clusterMicros: median(own.map((round) => round.clusterMicros)),
  }
}
