import type { Times } from './failover.ts'
import type { Footprint } from './footprint.ts'
import type { Machine } from './machine.ts'
import { summary } from './quantiles.ts'
import { medians, type WriteRound } from './write.ts'

/** Wanted by the project; a line that misses says so. */
const wanted = {
  kill: { p50: 100, p99: 500 },
  cut: { p50: 1_300, p99: 2_200 },
  p50OfEtcd: 0.8,
  throughputOfEtcd: 1.5,
  startMs: 300,
  residentMegabytes: 110,
  idlePercent: 1,
} as const

export const machineText = (machine: Machine): string =>
  [
    `${machine.date}, ${machine.processor}, ${machine.cores} shared cores, ${machine.memoryGigabytes} GB, Linux ${machine.kernel}, load before ${machine.loadBefore.toFixed(1)}`,
    `${machine.bzzz}; ${machine.etcd ?? 'no etcd'}; clients on Bun ${machine.bun}`,
  ].join('\n')

export const failoverText = (kills: Times | null, cuts: Times | null): string =>
  markdown(
    ['leader', '', 'times', 'p50 ms', 'p99 ms', 'max ms', 'wanted'],
    [...timesRows('killed', kills, wanted.kill), ...timesRows('cut off', cuts, wanted.cut)],
  )

const timesRows = (what: string, times: Times | null, goal: { p50: number; p99: number }): string[][] =>
  times === null
    ? []
    : (['bzzz', 'etcd'] as const).flatMap((name) => {
        if (times[name].length === 0) return []
        const { count, p50, p99, max } = summary(times[name])
        const verdict = name === 'etcd' ? '' : `p50 ≤ ${goal.p50}: ${mark(p50 <= goal.p50)}, p99 ≤ ${goal.p99}: ${mark(p99 <= goal.p99)}`
        return [[what, name, String(count), p50.toFixed(0), p99.toFixed(0), max.toFixed(0), verdict]]
      })

export const writeText = (rounds: readonly WriteRound[]): string => {
  const counts = [...new Set(rounds.map((round) => round.clients))]
  const rows = counts.flatMap((clients) => {
    const ours = medians(rounds, 'bzzz', clients)
    const theirs = medians(rounds, 'etcd', clients)
    const shown = [
      { name: 'bzzz', of: ours },
      { name: 'etcd', of: theirs },
    ].flatMap(({ name, of }) =>
      of === null
        ? []
        : [
            [
              String(clients),
              name,
              of.putsPerSecond.toFixed(0),
              of.p50Ms.toFixed(2),
              of.p99Ms.toFixed(2),
              of.clusterMicros.toFixed(0),
              of.clientMicros.toFixed(0),
            ],
          ],
    )
    if (ours === null || theirs === null) return shown
    const faster = ours.putsPerSecond / theirs.putsPerSecond
    const latency = ours.p50Ms / theirs.p50Ms
    return [
      ...shown,
      [String(clients), 'bzzz / etcd', faster.toFixed(2), latency.toFixed(2), (ours.p99Ms / theirs.p99Ms).toFixed(2), '', ''],
    ]
  })
  return [
    markdown(['clients', '', 'puts/s', 'p50 ms', 'p99 ms', 'µs of processor a put, 3 nodes', '… clients'], rows),
    ...writeVerdict(rounds),
  ].join('\n')
}

const writeVerdict = (rounds: readonly WriteRound[]): string[] => {
  const [ours1, theirs1] = [medians(rounds, 'bzzz', 1), medians(rounds, 'etcd', 1)]
  const [ours64, theirs64] = [medians(rounds, 'bzzz', 64), medians(rounds, 'etcd', 64)]
  if (ours1 === null || theirs1 === null || ours64 === null || theirs64 === null) return []
  const latency = ours1.p50Ms / theirs1.p50Ms
  const throughput = ours64.putsPerSecond / theirs64.putsPerSecond
  return [
    '',
    `1 client, p50 of bzzz / etcd: ${latency.toFixed(2)}, wanted ≤ ${wanted.p50OfEtcd}: ${mark(latency <= wanted.p50OfEtcd)}`,
    `64 clients, puts/s of bzzz / etcd: ${throughput.toFixed(2)}, wanted ≥ ${wanted.throughputOfEtcd}: ${mark(throughput >= wanted.throughputOfEtcd)}`,
  ]
}

export const footprintText = ({ versionMs, answersMs, readyMs, idle, etcdIdle, formedMs }: Footprint): string =>
  markdown(
    ['', 'bzzz', 'etcd', 'wanted'],
    [
      ['`bzzz version`', `${versionMs.toFixed(0)} ms`, '', ''],
      ['start to an answer, alone', `${answersMs.toFixed(0)} ms`, '', goal(answersMs, wanted.startMs, 'ms')],
      ['start to ready, member of five', `${readyMs.toFixed(0)} ms`, '', goal(readyMs, wanted.startMs, 'ms')],
      [
        'memory, idle in five (largest)',
        `${idle.residentMegabytesMax.toFixed(0)} MB`,
        etcdIdle === null ? '' : `${etcdIdle.residentMegabytesMax.toFixed(0)} MB`,
        goal(idle.residentMegabytesMax, wanted.residentMegabytes, 'MB'),
      ],
      [
        'core, idle in five (largest; median)',
        percents(idle.corePercentMax, idle.corePercentMedian),
        etcdIdle === null ? '' : percents(etcdIdle.corePercentMax, etcdIdle.corePercentMedian),
        goal(idle.corePercentMax, wanted.idlePercent, '%'),
      ],
      ...Object.entries(formedMs).map(([nodes, ms]) => [`start to a formed cluster of ${nodes}`, `${ms.toFixed(0)} ms`, '', '']),
    ],
  )

const percents = (max: number, middle: number): string => `${max.toFixed(2)} %; ${middle.toFixed(2)} %`
const goal = (value: number, most: number, unit: string): string => `≤ ${most} ${unit}: ${mark(value <= most)}`
const mark = (held: boolean): string => (held ? 'yes' : 'NO')

const markdown = (headings: readonly string[], rows: readonly (readonly string[])[]): string => {
  const widths = headings.map((heading, n) => Math.max(3, heading.length, ...rows.map((row) => row[n]?.length ?? 0)))
  const line = (cells: readonly string[]) => `| ${cells.map((cell, n) => cell.padEnd(widths[n] ?? 0)).join(' | ')} |`
  return [line(headings), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...rows.map(line)].join('\n')
}
