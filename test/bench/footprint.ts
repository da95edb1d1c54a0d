import { type Bzzz, startBzzz } from './bzzz.ts'
import { type Contestant, eventually } from './contestant.ts'
import { hasEtcd, startEtcd } from './etcd.ts'
import { processSeconds, residentMegabytes } from './process-time.ts'
import { median } from './quantiles.ts'

export interface Idle {
  /** Of the hungriest of the members, in percent of one core, over the measured time. */
  readonly corePercentMax: number
  readonly corePercentMedian: number
  readonly residentMegabytesMax: number
}

export interface Footprint {
  /** From starting `bzzz version` to its end. */
  readonly versionMs: number
  /** From starting the process to an answer on its socket, without a cluster. */
  readonly answersMs: number
  /** From starting a killed member of a five-node cluster to ready: it knows the leader and has read the log. */
  readonly readyMs: number
  readonly idle: Idle
  readonly etcdIdle: Idle | null
  /** From starting the processes to a formed cluster, by number of nodes. */
  readonly formedMs: Readonly<Record<number, number>>
}

export interface FootprintOptions {
  readonly executable: string
  readonly idleSeconds: number
  readonly repeats: number
  readonly tell: (sentence: string) => void
}

const members = 5
const settleSeconds = 10
const loopback = { address: '127.0.0.1', within: [] }

/** What an idle cluster of five costs, and how long things take to begin. */
export const measureFootprint = async ({ executable, idleSeconds, repeats, tell }: FootprintOptions): Promise<Footprint> => {
  const versionMs = median(await times(repeats * 4, () => versionTime(executable)))
  tell(`version ${versionMs.toFixed(0)} ms`)
  const answersMs = median(await times(repeats, () => answerTime(executable)))
  tell(`a fresh node answers after ${answersMs.toFixed(0)} ms`)
  const formedMs: Record<number, number> = {}
  for (const count of [3, 5, 9]) {
    formedMs[count] = median(await times(repeats, () => formationTime(executable, count)))
    tell(`${count} nodes formed after ${formedMs[count]?.toFixed(0)} ms`)
  }
  const ours = await ofFive(executable, idleSeconds, repeats, tell)
  const etcdIdle = hasEtcd() ? await ofEtcd(idleSeconds, tell) : null
  return { versionMs, answersMs, formedMs, ...ours, etcdIdle }
}

const ofFive = async (executable: string, idleSeconds: number, repeats: number, tell: (sentence: string) => void) => {
  await using cluster = await startBzzz(members, executable)
  const idle = await idleOf(cluster, idleSeconds)
  tell(`five idle nodes: at most ${idle.corePercentMax.toFixed(2)} % of a core and ${idle.residentMegabytesMax.toFixed(0)} MB each`)
  const readyMs = median(await times(repeats, () => readyTime(cluster)))
  tell(`a restarted member is ready after ${readyMs.toFixed(0)} ms`)
  return { idle, readyMs }
}

const ofEtcd = async (idleSeconds: number, tell: (sentence: string) => void): Promise<Idle> => {
  await using cluster = await startEtcd(Array.from({ length: members }, () => loopback))
  const idle = await idleOf(cluster, idleSeconds)
  tell(`five idle etcd: at most ${idle.corePercentMax.toFixed(2)} % of a core and ${idle.residentMegabytesMax.toFixed(0)} MB each`)
  return idle
}

const idleOf = async (cluster: Contestant, seconds: number): Promise<Idle> => {
  await cluster.healthy()
  await Bun.sleep(settleSeconds * 1000)
  const pids = cluster.instances.map((one) => one.pid())
  const before = pids.map(processSeconds)
  const from = performance.now()
  await Bun.sleep(seconds * 1000)
  const passed = (performance.now() - from) / 1000
  const percents = pids.map((pid, n) => (100 * (processSeconds(pid) - (before[n] ?? 0))) / passed)
  return {
    corePercentMax: Math.max(...percents),
    corePercentMedian: median(percents),
    residentMegabytesMax: Math.max(...pids.map(residentMegabytes)),
  }
}

const versionTime = async (executable: string): Promise<number> => {
  const from = performance.now()
  await Bun.spawn([executable, 'version'], { stdin: 'ignore', stdout: 'ignore', stderr: 'inherit' }).exited
  return performance.now() - from
}

const formationTime = async (executable: string, count: number): Promise<number> => {
  await using cluster = await startBzzz(count, executable)
  return cluster.formedMs
}

/** One node alone: killed, and started again on the identity and database it has. */
const answerTime = async (executable: string): Promise<number> => {
  await using cluster = await startBzzz(1, executable)
  return await restartTime(cluster, (view) => view !== null)
}

const readyTime = async (cluster: Bzzz): Promise<number> => {
  const leader = await cluster.healthy()
  return await restartTime({ instances: cluster.instances.filter((one) => one !== leader) }, (health) => health.ready)
}

type Health = Awaited<ReturnType<Bzzz['instances'][number]['client']['health']>>

const restartTime = async ({ instances }: Pick<Bzzz, 'instances'>, isThere: (health: Health) => boolean): Promise<number> => {
  const [one] = instances
  if (one === undefined) throw new Error('a cluster without members')
  await one.kill()
  const from = performance.now()
  const started = one.start()
  const there = await eventually(`${one.name} is ready`, async () => (isThere(await one.client.health()) ? performance.now() : null))
  await started
  return there - from
}

const times = async (count: number, measure: () => Promise<number>): Promise<number[]> => {
  const all: number[] = []
  for (let n = 0; n < count; n += 1) all.push(await measure())
  return all
}
