import { asPeerId } from '../../src/base/index.ts'
import type { Capabilities, Gpu } from '../../src/host/types.ts'
import type { ClusterView, MemberView, ScoreView } from '../../src/node/view.ts'

const gib = 2 ** 30
/** The afternoon of the example: 22 November 2026, 14:32. */
export const exampleNowMs = Date.parse('2026-11-22T14:32:00Z')
const ago = (seconds: number) => exampleNowMs - seconds * 1000

const peerOf = (name: string) => asPeerId(`12D3KooW${name.replace(/[^A-Za-z0-9]/g, '')}${'x'.repeat(44)}`.slice(0, 52))

const gpu = (model: string, totalGib: number, freeGib: number, more: Partial<Gpu> = {}): Gpu => ({
  vendor: 'nvidia',
  model,
  vramTotalBytes: totalGib * gib,
  vramFreeBytes: freeGib * gib,
  driver: '580.95.05',
  unified: false,
  busyPercent: 12,
  ...more,
})

interface Machine {
  readonly cpu: string
  readonly cores: number
  readonly busy: number | null
  /** Total and free, GiB. */
  readonly memory: readonly [number, number]
  /** Total and free, GB. */
  readonly disk: readonly [number, number]
  readonly gpus?: readonly Gpu[]
  readonly arch?: string
}

export const capabilities = ({ cpu, cores, busy, memory, disk, gpus = [], arch = 'x64' }: Machine): Capabilities => ({
  os: { platform: 'linux', name: 'Debian GNU/Linux 12', kernel: '6.1.0-40-amd64', arch, libc: 'glibc' },
  cpu: { model: cpu, cores, busyPercent: busy },
  memory: { totalBytes: memory[0] * gib, freeBytes: memory[1] * gib },
  disks: [{ mount: '/var/lib', totalBytes: disk[0] * 1e9, freeBytes: disk[1] * 1e9 }],
  gpus,
  ollama: { running: true, version: '0.21.2', store: '/usr/share/ollama/.ollama/models', warning: null },
})

const upTo = { stability: 0.3, network: 0.2, headroom: 0.2, capacity: 0.15, preference: 0.15 } as const

/** A score from its five parts in the order of the page. */
export const score = (rank: number, ...values: readonly [number, number, number, number, number]): ScoreView => ({
  total: Math.round(values.reduce((sum, value) => sum + value, 0) * 100) / 100,
  parts: (Object.keys(upTo) as (keyof typeof upTo)[]).map((part, index) => ({ part, value: values[index] ?? 0, upTo: upTo[part] })),
  rank,
})

/** A healthy voter without numbers; fixtures say what differs. */
export const member = (name: string, differs: Partial<MemberView> = {}): MemberView => ({
  peer: peerOf(name),
  name,
  zone: null,
  role: 'voter',
  leads: false,
  isSelf: false,
  health: 'healthy',
  reason: null,
  heardMsAgo: 180,
  logReadPercent: null,
  version: '1.0.0',
  addresses: ['/ip4/192.168.20.11/tcp/8081'],
  capabilities: null,
  capabilitiesAgeMs: 2_000,
  score: null,
  scoreReason: null,
  ...differs,
})

const six: readonly MemberView[] = [
  member('atlas', {
    zone: 'cellar',
    leads: true,
    capabilities: capabilities({
      cpu: 'AMD Ryzen 9 7950X 16-Core Processor',
      cores: 32,
      busy: 23,
      memory: [62.7, 24.6],
      disk: [1800, 900],
      gpus: [gpu('NVIDIA GeForce RTX 4090', 24, 2.8)],
    }),
    score: score(0, 0.29, 0.19, 0.12, 0.11, 0.15),
  }),
  member('nova', {
    zone: 'cellar',
    role: 'learner',
    capabilities: capabilities({
      cpu: 'AMD Ryzen Threadripper 3960X 24-Core Processor',
      cores: 48,
      busy: 61,
      memory: [125.6, 54.6],
      disk: [3800, 2700],
      gpus: [gpu('NVIDIA GeForce RTX 3090', 24, 1.6), gpu('NVIDIA GeForce RTX 3090', 24, 3)],
    }),
    score: score(3, 0.3, 0.19, 0.1, 0.1, 0.07),
  }),
  member('mini', {
    zone: 'office',
    isSelf: true,
    heardMsAgo: 0,
    capabilities: capabilities({
      cpu: 'AMD Ryzen AI Max+ 395 w/ Radeon 8060S',
      cores: 32,
      busy: 8,
      memory: [29.3, 18.1],
      disk: [1900, 1500],
      gpus: [gpu('AMD Radeon 8060S', 96, 32.8, { vendor: 'amd', unified: true })],
    }),
    score: score(1, 0.29, 0.16, 0.08, 0.08, 0.08),
  }),
  member('pi', {
    zone: 'office',
    role: 'learner',
    capabilities: capabilities({ cpu: 'Raspberry Pi 5 Model B', cores: 4, busy: 4, memory: [7.8, 4.7], disk: [117, 10], arch: 'arm64' }),
    score: score(4, 0.3, 0.15, 0.13, 0.01, 0.03),
  }),
  member('vega', {
    zone: 'attic',
    health: 'suspected',
    reason: 'timed out',
    heardMsAgo: 4_000,
    capabilities: capabilities({
      cpu: 'Intel(R) Core(TM) i5-10400 CPU @ 2.90GHz',
      cores: 12,
      busy: 35,
      memory: [31.2, 22.8],
      disk: [500, 270],
      gpus: [gpu('NVIDIA GeForce RTX 3060', 12, 2.2)],
    }),
    capabilitiesAgeMs: 38_000,
    score: score(2, 0.21, 0.07, 0.15, 0.06, 0.08),
  }),
  member('juno', {
    zone: 'attic',
    role: 'learner',
    health: 'joining',
    logReadPercent: 98,
    capabilities: capabilities({
      cpu: 'Intel(R) Xeon(R) W-2235 CPU @ 3.80GHz',
      cores: 12,
      busy: 2,
      memory: [62.5, 60.3],
      disk: [1000, 900],
      gpus: [gpu('NVIDIA RTX A4000', 16, 15.6)],
    }),
    scoreReason: 'needs 60 s of reports',
  }),
]

const sixTrips: Readonly<Record<string, readonly (number | null | undefined)[]>> = {
  atlas: [undefined, 0.2, 0.6, 0.9, null, 1.9],
  nova: [0.2, undefined, 0.7, 1.0, 4.9, 2.1],
  mini: [0.6, 0.7, undefined, 0.3, 4.6, 2.0],
  pi: [0.9, 1.0, 0.3, undefined, 5.1, 2.2],
  vega: [4.8, 4.9, 4.6, 5.1, undefined, 3.4],
  juno: [1.9, 2.1, 2.0, 2.2, 3.4, undefined],
}

const roundTripsOf = (members: readonly MemberView[], table: typeof sixTrips): ClusterView['roundTrips'] =>
  members.flatMap((from) =>
    members.flatMap((to, index) => {
      const ms = table[from.name]?.[index]
      return ms === undefined ? [] : [{ from: from.peer, to: to.peer, ms, answers: ms !== null }]
    }),
  )

/** Six machines in three zones, one suspected, one joining, one with little disk left: the example of the pictures. */
export const sixMachines: ClusterView = {
  atMs: exampleNowMs,
  version: '1.0.0',
  cluster: { id: 'c'.repeat(32), name: 'linden' },
  self: { peer: peerOf('mini'), name: 'mini' },
  leader: {
    peer: peerOf('atlas'),
    name: 'atlas',
    term: '41',
    sinceMs: ago(29 * 60 + 29),
    because: 'its score was 0.17 above that of mini for 60 s; mini handed over',
  },
  noLeaderBecause: null,
  voters: { total: 3, answering: 2, needed: 2 },
  members: six,
  roundTrips: roundTripsOf(six, sixTrips),
  log: { appliedIndex: 48_213, commitIndex: 48_213, leaderHeardMsAgo: 400, stateRoot: '9f'.repeat(32) },
  writesPerSecond: 3.2,
  records: 412,
  events: [
    {
      atMs: ago(38),
      kind: 'health',
      tone: 'warn',
      text: 'atlas suspects vega: 3 reports missed in a row. nova, mini and pi still hear it.',
    },
    { atMs: ago(110), kind: 'member', text: 'juno is in the cluster, as a learner. It reads the log.' },
    { atMs: ago(193), kind: 'setting', text: 'mini wrote website/review/limits, version 17.' },
    { atMs: ago(1195), kind: 'health', tone: 'ok', text: 'pi answers again, after 12 s.' },
    {
      atMs: ago(1769),
      kind: 'leader',
      text: 'atlas leads, term 41: 0.86 against 0.69 for 60 s. mini handed over; no request waited longer than 38 ms.',
    },
    { atMs: ago(2000), kind: 'member', text: 'nova is in the cluster, as a learner.' },
  ],
  haltedBecause: null,
}

const alone = six.filter((one) => one.name === 'atlas').map((one) => ({ ...one, isSelf: true, heardMsAgo: 0, zone: null }))

/** A cluster of one. */
export const oneMachine: ClusterView = {
  ...sixMachines,
  self: { peer: peerOf('atlas'), name: 'atlas' },
  leader: { peer: peerOf('atlas'), name: 'atlas', term: '1', sinceMs: ago(240), because: 'it is the only machine' },
  voters: { total: 1, answering: 1, needed: 1 },
  members: alone,
  roundTrips: [],
  log: { ...sixMachines.log, appliedIndex: 12, leaderHeardMsAgo: 0 },
  records: 1,
  writesPerSecond: 0,
  events: [{ atMs: ago(240), kind: 'leader', text: 'atlas leads, term 1: it is the only machine.' }],
}

const pair = [...alone, ...six.filter((one) => one.name === 'pi').map((one) => ({ ...one, zone: null }))]

/** Two machines, of which one votes. */
export const twoMachines: ClusterView = {
  ...oneMachine,
  members: pair,
  roundTrips: [
    { from: peerOf('atlas'), to: peerOf('pi'), ms: 0.9, answers: true },
    { from: peerOf('pi'), to: peerOf('atlas'), ms: 1.1, answers: true },
  ],
}

/** Three voters of which two are gone: nobody leads. */
export const noLeader: ClusterView = {
  ...sixMachines,
  leader: null,
  noLeaderBecause: 'atlas and vega do not answer, and 2 of 3 voters are needed. Reading works; changes wait until one of them is back.',
  voters: { total: 3, answering: 1, needed: 2 },
  members: six.map((one) =>
    one.name === 'atlas'
      ? { ...one, leads: false, health: 'down', reason: 'refused', heardMsAgo: 95_000, capabilitiesAgeMs: 96_000 }
      : one.name === 'vega'
        ? { ...one, health: 'down', reason: 'timed out', heardMsAgo: 260_000, capabilitiesAgeMs: 261_000 }
        : one.name === 'juno'
          ? { ...one, health: 'unknown', logReadPercent: null, heardMsAgo: null, capabilities: null, capabilitiesAgeMs: null }
          : one,
  ),
  roundTrips: sixMachines.roundTrips.map((trip) =>
    [peerOf('atlas'), peerOf('vega')].includes(trip.to) ? { ...trip, ms: null, answers: false } : trip,
  ),
  log: { ...sixMachines.log, leaderHeardMsAgo: null },
  writesPerSecond: 0,
}

/** This node has stopped taking part. */
export const halted: ClusterView = {
  ...sixMachines,
  haltedBecause:
    'Its disk was set back: it once promised entry 48 213, and now holds 47 980. Remove mini and let it join again under a new identity.',
  log: { ...sixMachines.log, appliedIndex: 47_980, leaderHeardMsAgo: 912_000 },
}

/** A node that was just started. */
export const noCluster: ClusterView = {
  ...sixMachines,
  cluster: null,
  leader: null,
  voters: { total: 0, answering: 0, needed: 0 },
  members: [],
  roundTrips: [],
  log: { appliedIndex: 0, commitIndex: 0, leaderHeardMsAgo: null, stateRoot: null },
  writesPerSecond: 0,
  records: 0,
  events: [],
}

const rackNames = Array.from({ length: 30 }, (_, index) => `gpu-node-${String(index + 1).padStart(2, '0')}`)
const thirty = rackNames.map((name, index): MemberView => {
  const model = six[index % six.length] ?? member(name)
  return {
    ...model,
    peer: peerOf(name),
    name,
    zone: ['rack-a', 'rack-b', 'rack-c', 'workshop'][Math.floor(index / 8)] ?? null,
    role: index % 6 === 0 ? 'voter' : 'learner',
    leads: index === 12,
    isSelf: index === 3,
    health: index === 7 ? 'suspected' : index === 17 ? 'down' : index === 29 ? 'joining' : 'healthy',
    heardMsAgo: index === 17 ? 260_000 : index === 7 ? 2_300 : 100,
    capabilitiesAgeMs: index === 17 ? 261_000 : 2_000,
    score: model.score && { ...model.score, rank: index },
    scoreReason: model.score === null ? 'needs 60 s of reports' : null,
  }
})

/** Thirty machines in four zones. */
export const thirtyMachines: ClusterView = {
  ...sixMachines,
  self: { peer: peerOf('gpu-node-04'), name: 'gpu-node-04' },
  leader: {
    peer: peerOf('gpu-node-13'),
    name: 'gpu-node-13',
    term: '7',
    sinceMs: ago(86_400 * 3),
    because: 'it stood first when gpu-node-01 stopped',
  },
  voters: { total: 5, answering: 5, needed: 3 },
  members: thirty,
  roundTrips: thirty.flatMap((from, a) =>
    thirty.flatMap((to, b) => {
      const lost = b === 17 || (a === 12 && b === 7) || (a === 20 && b === 3)
      return a === b ? [] : [{ from: from.peer, to: to.peer, ms: lost ? null : 0.2 + ((a * 7 + b * 3) % 40) / 10, answers: !lost }]
    }),
  ),
}

/** Names as long as they get, and text that tries to be markup. */
export const longNames: ClusterView = {
  ...sixMachines,
  cluster: { id: 'c'.repeat(32), name: 'the-cluster-of-the-department-of-computational-linguistics-at-the-far-end' },
  members: six.map((one, index) => ({
    ...one,
    name: index === 0 ? 'atlas' : `${one.name}-rack-17-shelf-3-unit-number-${index}-building-west-wing-of-the-university`.slice(0, 63),
    zone: `${one.zone}-in-the-basement-of-the-old-library`,
  })),
  events: [{ atMs: ago(5), kind: 'warning', text: '<script>alert(1)</script> <b>bold</b> & "quoted"' }, ...sixMachines.events],
}

export const fixtures = { sixMachines, oneMachine, twoMachines, noLeader, halted, noCluster, thirtyMachines, longNames } as const
