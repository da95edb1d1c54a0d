import { Fault } from '../base/index.ts'
import type { ClusterView } from '../node/index.ts'
import { endedAlone } from './form.ts'
import type { DemoNode } from './node.ts'
import { type Acknowledged, Writer } from './writers.ts'

/** What the unattended demo measured. `problems` is empty when everything held. */
export interface Story {
  readonly nodes: number
  readonly formedMs: number
  readonly firstLeader: string
  readonly firstLeaderBecause: string
  readonly writesAcknowledged: number
  readonly writesUnknown: number
  readonly killed: string
  readonly newLeader: string | null
  readonly newLeaderBecause: string | null
  /** From the kill to the next acknowledged write of a client of another node; null with a single node. */
  readonly failoverMs: number | null
  readonly lost: readonly string[]
  readonly stateRoots: Readonly<Record<string, string>>
  readonly problems: readonly string[]
}

export interface Stage {
  readonly nodes: readonly DemoNode[]
  readonly formedMs: number
  readonly forMs: number
  readonly say: (sentence: string) => void
}

/** Writes, kills the leader halfway, starts it again, and checks that nothing acknowledged was lost and all members agree. */
export const playStory = async (stage: Stage): Promise<Story> => {
  const before = await leaderSeenBy(stage.nodes, 10_000)
  const leader = named(stage.nodes, before.leader?.name)
  const others = stage.nodes.filter((node) => node !== leader)
  const writers = (others.length > 0 ? others : stage.nodes).map((node, n) => new Writer(`client-${n + 1}`, [node]))
  for (const writer of writers) writer.start()
  stage.say(`${leader.name} leads; ${writers.length} clients write.`)
  await Bun.sleep(stage.forMs / 2)
  noneEnded(stage.nodes)

  const failoverMs = others.length >= 2 ? await killAndMeasure(leader, writers) : null
  if (failoverMs !== null) stage.say(`${leader.name} was killed; the next write was acknowledged ${failoverMs.toFixed(0)} ms later.`)
  const after = others.length >= 2 ? await leaderSeenBy(others, 10_000).catch(() => null) : before
  await Bun.sleep(stage.forMs / 2)
  noneEnded(others)
  await Promise.all(writers.map((writer) => writer.stop()))
  if (!leader.alive()) await leader.start()

  const acknowledged = writers.flatMap((writer) => writer.acknowledged)
  const lost = await missing(stage.nodes, acknowledged)
  const stateRoots = await agreedRoots(stage.nodes, 15_000)
  const problems = [
    ...(others.length >= 2 && failoverMs === null ? [`No write was acknowledged within 15 s after ${leader.name} was killed.`] : []),
    ...(lost.length > 0 ? [`${lost.length} acknowledged writes are gone, ${lost[0]} first.`] : []),
    ...(new Set(Object.values(stateRoots)).size > 1 ? ['The members do not agree on the state.'] : []),
    ...(acknowledged.length === 0 ? ['No write was acknowledged.'] : []),
  ]
  return {
    nodes: stage.nodes.length,
    formedMs: Math.round(stage.formedMs),
    firstLeader: leader.name,
    firstLeaderBecause: before.leader?.because ?? '',
    writesAcknowledged: acknowledged.length,
    writesUnknown: writers.reduce((sum, writer) => sum + writer.unknown.length, 0),
    killed: others.length >= 2 ? leader.name : '',
    newLeader: after?.leader?.name ?? null,
    newLeaderBecause: after?.leader?.because ?? null,
    failoverMs: failoverMs === null ? null : Math.round(failoverMs),
    lost,
    stateRoots,
    problems,
  }
}

const noneEnded = (nodes: readonly DemoNode[]): void => {
  const ended = nodes.filter((node) => !node.alive())
  if (ended.length > 0) throw endedAlone(ended)
}

const killAndMeasure = async (leader: DemoNode, writers: readonly Writer[]): Promise<number | null> => {
  const from = performance.now()
  await leader.kill()
  const acks = await Promise.all(writers.map((writer) => writer.nextAck(15_000)))
  if (acks.includes(null)) return null
  return Math.max(...acks.map((at) => (at ?? from) - from))
}

/** The view of the first node that knows a leader whose process lives. */
export const leaderSeenBy = async (nodes: readonly DemoNode[], limitMs: number): Promise<ClusterView> => {
  const until = performance.now() + limitMs
  while (performance.now() < until) {
    for (const node of nodes.filter((one) => one.alive())) {
      const view = await node.client.view().catch(() => null)
      if (view?.leader != null && nodes.some((one) => one.alive() && one.name === view.leader?.name)) return view
    }
    await Bun.sleep(20)
  }
  throw new Fault('no-leader', `No leader was elected within ${limitMs / 1000} s.`, {
    hint: 'Run it again; with BZZZ_LOG_LEVEL=debug the demo keeps the logs of its nodes.',
  })
}

const named = (nodes: readonly DemoNode[], name: string | undefined): DemoNode => {
  const found = nodes.find((node) => node.name === name)
  if (found === undefined) throw new Fault('no-leader', 'The leader is none of the nodes of this demo.')
  return found
}

/** Keys of acknowledged writes that a strong read does not find with their value. */
const missing = async (nodes: readonly DemoNode[], acknowledged: readonly Acknowledged[]): Promise<string[]> => {
  const found = new Map<string, unknown>()
  const node = nodes.find((one) => one.alive())
  for (let after: string | undefined; node !== undefined; ) {
    const { records } = await node.client.list('demo/', true, after, 1_000)
    for (const record of records) found.set(record.key, record.value)
    const last = records.at(-1)
    if (records.length < 1_000 || last === undefined) break
    after = last.key
  }
  return acknowledged.filter((record) => found.get(record.key) !== record.value).map((record) => record.key)
}

/** The state roots of all nodes once they stand at one index; the last ones seen if they never do. */
const agreedRoots = async (nodes: readonly DemoNode[], limitMs: number): Promise<Record<string, string>> => {
  const until = performance.now() + limitMs
  for (;;) {
    const roots = await Promise.all(nodes.map(async (node) => ({ name: node.name, ...(await node.client.stateRoot()) })))
    const settled = new Set(roots.map((root) => root.index)).size === 1
    if (settled || performance.now() > until)
      return Object.fromEntries(roots.map((root) => [root.name, settled ? root.root : `${root.index}:${root.root}`]))
    await Bun.sleep(50)
  }
}
