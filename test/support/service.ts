import { asPeerId, canonical, Fault, type Json, type PeerId, sha256 } from '../../src/base/index.ts'
import type { Capabilities, Finding } from '../../src/host/types.ts'
import type { Metrics } from '../../src/node/metrics.ts'
import type { Identity, Reading, RecordView, Service } from '../../src/node/service.ts'
import type { ClusterView, MemberView } from '../../src/node/view.ts'

/** An instant that every test may rely on: 18 November 2026, 14:28:07 UTC. */
export const noon = Date.UTC(2026, 10, 18, 14, 28, 7)

export const peers = {
  nova: asPeerId('12D3KooWNovaNovaNovaNovaNovaNovaNovaNovaNovaNovaNov1'),
  vega: asPeerId('12D3KooWVegaVegaVegaVegaVegaVegaVegaVegaVegaVegaVeg2'),
  pi: asPeerId('12D3KooWPiPiPiPiPiPiPiPiPiPiPiPiPiPiPiPiPiPiPiPiPiP3'),
}

const gib = 1024 ** 3

export const capabilitiesWith = (over: Partial<Capabilities> = {}): Capabilities => ({
  os: { platform: 'linux', name: 'Debian GNU/Linux 12', kernel: '6.1.0', arch: 'x64', libc: 'glibc' },
  cpu: { model: 'AMD Ryzen 9 7950X', cores: 32, busyPercent: 12 },
  memory: { totalBytes: 64 * gib, freeBytes: 40.5 * gib },
  disks: [{ mount: '/', totalBytes: 1e12, freeBytes: 4.2e11 }],
  gpus: [
    {
      vendor: 'nvidia',
      model: 'RTX 4090',
      vramTotalBytes: 24 * gib,
      vramFreeBytes: 20.2 * gib,
      driver: '550.54',
      unified: false,
      busyPercent: 0,
    },
  ],
  ollama: { running: true, version: '0.21.0', store: '/usr/share/ollama/.ollama/models', warning: null },
  ...over,
})

export const memberWith = (over: Partial<MemberView> = {}): MemberView => ({
  peer: peers.nova,
  name: 'nova',
  zone: 'rack-a',
  role: 'voter',
  leads: false,
  isSelf: false,
  health: 'healthy',
  reason: null,
  heardMsAgo: 120,
  logReadPercent: null,
  version: '0.1.0',
  addresses: ['/ip4/10.0.0.5/tcp/8081'],
  capabilities: capabilitiesWith(),
  capabilitiesAgeMs: 1_200,
  score: {
    total: 0.83,
    rank: 0,
    parts: [
      { part: 'stability', value: 0.3, upTo: 0.3 },
      { part: 'network', value: 0.15, upTo: 0.2 },
      { part: 'headroom', value: 0.14, upTo: 0.2 },
      { part: 'capacity', value: 0.14, upTo: 0.15 },
      { part: 'preference', value: 0.1, upTo: 0.15 },
    ],
  },
  scoreReason: null,
  ...over,
})

export const viewWith = (over: Partial<ClusterView> = {}): ClusterView => ({
  atMs: noon,
  version: '0.1.0',
  cluster: { id: '0123456789abcdef0123456789abcdef', name: 'home' },
  self: { peer: peers.nova, name: 'nova' },
  leader: { peer: peers.nova, name: 'nova', term: '3', sinceMs: noon - 240_000, because: 'it stood first with the best score' },
  noLeaderBecause: null,
  voters: { total: 3, answering: 2, needed: 2 },
  members: [
    memberWith({ leads: true, isSelf: true }),
    memberWith({ peer: peers.vega, name: 'vega', zone: 'rack-b', heardMsAgo: 80, score: null, scoreReason: 'not enough reports yet' }),
    memberWith({
      peer: peers.pi,
      name: 'pi',
      zone: null,
      health: 'down',
      reason: 'refused',
      heardMsAgo: 252_000,
      capabilities: capabilitiesWith({ gpus: [], ollama: null }),
      capabilitiesAgeMs: 252_000,
    }),
  ],
  roundTrips: [{ from: peers.nova, to: peers.vega, ms: 0.4, answers: true }],
  log: { appliedIndex: 1042, commitIndex: 1042, leaderHeardMsAgo: 0, stateRoot: 'ab'.repeat(32) },
  writesPerSecond: 12.5,
  records: 3,
  events: [{ atMs: noon - 252_000, kind: 'health', text: 'pi is down: refused.' }],
  haltedBecause: null,
  ...over,
})

/** What the twin does instead of the usual, per test. */
export interface Twin extends Service {
  view(): ClusterView
  show(view: ClusterView): void
  ready(because: readonly string[]): void
  /** Every later act fails with this; null mends it. */
  fail(fault: unknown): void
  /** Later acts wait until the returned function is called. */
  hold(): () => void
  readonly calls: { readonly act: string; readonly with: readonly unknown[] }[]
}

/** A service in memory: one key space, no network, no disk. Behaves as the contract in src/node/service.ts says. */
export const twinService = (): Twin => {
  let view = viewWith()
  let because: readonly string[] = []
  let failing: unknown = null
  let held: Promise<void> | null = null
  let index = 1_042
  const records = new Map<string, { record: RecordView | null; version: number }>()
  const listeners = new Set<() => void>()
  const calls: Twin['calls'] = []
  const self: PeerId = view.self.peer

  const enter = async (act: string, ...args: unknown[]): Promise<void> => {
    calls.push({ act, with: args })
    if (calls.length > 1_000) calls.splice(0, 500)
    if (held) await held
    if (failing !== null) throw failing
  }
  const reading = (strong: boolean): Reading => ({ strong, ageMs: strong ? 0 : 40, appliedIndex: index })
  const write = (key: string, expect: number | undefined, value: Json | undefined) => {
    const known = records.get(key)
    const now = known?.record ? known.version : 0
    if (expect !== undefined && expect !== now) {
      throw new Fault('conflict', `${key} has version ${now}, not ${expect}.`, { hint: 'Read it again and decide anew.' })
    }
    if (value === undefined && !known?.record) throw new Fault('not-found', `There is no record ${key}.`, { hint: 'See `bzzz kv list`.' })
    index++
    const version = (known?.version ?? 0) + 1
    records.set(key, { version, record: value === undefined ? null : { key, value, version, stampMs: noon, author: self } })
    return { version, index }
  }

  return {
    calls,
    show: (next) => {
      view = next
      for (const listen of listeners) listen()
    },
    ready: (reasons) => {
      because = reasons
    },
    fail: (fault) => {
      failing = fault
    },
    hold: () => {
      const gate = Promise.withResolvers<void>()
      held = gate.promise
      return () => {
        held = null
        gate.resolve()
      }
    },
    view: () => view,
    watch: (listen) => {
      listeners.add(listen)
      return () => listeners.delete(listen)
    },
    identity: (): Identity => ({
      peer: self,
      name: view.self.name,
      sealingKey: 'c2VhbGluZw',
      tlsFingerprint: null,
      addresses: ['/ip4/10.0.0.5/tcp/8081'],
      clusterId: view.cluster?.id ?? null,
      page: 'http://127.0.0.1:8080/',
      version: view.version,
    }),
    metrics: () => metrics(index),
    health: () => ({ live: true, ready: because.length === 0, because }),
    create: async (genesis) => enter('create', genesis),
    join: async (genesis, members) => enter('join', genesis, members),
    propose: async (commands) => {
      await enter('propose', commands)
      return commands.map(() => ({ ok: true }))
    },
    put: async (key, value, expect) => {
      await enter('put', key, value, expect)
      return write(key, expect, value)
    },
    delete: async (key, expect) => {
      await enter('delete', key, expect)
      return write(key, expect, undefined)
    },
    get: async (key, strong) => {
      await enter('get', key, strong)
      return { record: records.get(key)?.record ?? null, reading: reading(strong) }
    },
    list: async (prefix, strong, after = '', limit = 100) => {
      await enter('list', prefix, strong, after, limit)
      const found = [...records.values()].flatMap(({ record }) => (record?.key.startsWith(prefix) && record.key > after ? [record] : []))
      return { records: found.sort((a, b) => (a.key < b.key ? -1 : 1)).slice(0, limit), reading: reading(strong) }
    },
    transfer: async (to) => {
      await enter('transfer', to)
      const next = view.members.find((member) => member.name === to || member.peer === to)
      if (!next)
        throw new Fault('not-found', `No member is called ${to}.`, { hint: `Members: ${view.members.map(({ name }) => name).join(', ')}.` })
      return { from: view.leader?.peer ?? self, to: next.peer, tookMs: 312 }
    },
    diagnosePeer: async (peer): Promise<readonly Finding[]> => {
      await enter('diagnosePeer', peer)
      return [
        { check: 'address', level: 'ok', message: `${peer} is known at 10.0.0.7, port 8081.` },
        {
          check: 'port',
          level: 'fail',
          message: 'The connection was refused.',
          remedy: `Start bzzz on ${peer}: \`systemctl start bzzz\`.`,
        },
      ]
    },
    stateRoot: () => ({ index, root: sha256(canonical([...records.values()])) }),
  }
}

const metrics = (index: number): Metrics => ({
  loopLagMs: 0.4,
  raft: {
    role: 'leader',
    epoch: 0,
    term: 3,
    commitIndex: index,
    appliedIndex: index,
    lastIndex: index + 2,
    leaderHeardMsAgo: 0,
    elections: 1,
    leaderChanges: 2,
    snapshotsTaken: 0,
    snapshotsInstalled: 0,
  },
  proposals: { committed: 7, failed: 1, waiting: 0 },
  fsync: { count: 9, sumSeconds: 0.0021, maxSecondsRecent: 0.0004 },
  mesh: { framesIn: 10, framesOut: 11, bytesIn: 1_000, bytesOut: 1_100, refused: { stranger: 2 } },
})
