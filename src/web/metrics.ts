import { readdirSync } from 'node:fs'
import { build } from '../base/index.ts'
import type { Metrics } from '../node/metrics.ts'
import type { Service } from '../node/service.ts'

/** Renders `/metrics` in Prometheus' text format. prom-client is loaded by the first scrape: a node that nobody scrapes pays nothing. */
export const metricsPage = (service: Service): (() => Promise<{ readonly type: string; readonly text: string }>) => {
  let opened: Promise<Awaited<ReturnType<typeof open>>> | undefined
  return async () => {
    opened ??= open(service)
    const registry = await opened
    return { type: registry.contentType, text: await registry.metrics() }
  }
}

type Sample = readonly [labels: Readonly<Record<string, string>>, value: number]

const open = async (service: Service) => {
  const { Gauge, Counter, Registry } = (await import('prom-client')).default
  const registry = new Registry()

  /** A number read at each scrape; nothing is shown while `read` gives null. */
  const gauge = (name: string, help: string, read: () => number | null) =>
    many(name, help, [], () => {
      const value = read()
      return value === null ? [] : [[{}, value]]
    })
  // reset() leaves a zero behind where there are no labels; remove() takes that away: what is not known is absent.
  const many = (name: string, help: string, labelNames: readonly string[], read: () => readonly Sample[]) =>
    new Gauge({
      name: `bzzz_${name}`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset()
        const samples = read()
        if (samples.length === 0 && labelNames.length === 0) this.remove()
        for (const [labels, value] of samples) this.set(labels, value)
      },
    })
  const counter = (name: string, help: string, labelNames: readonly string[], read: () => readonly Sample[]) =>
    new Counter({
      name: `bzzz_${name}_total`,
      help,
      labelNames,
      registers: [registry],
      collect() {
        this.reset()
        const samples = read()
        if (samples.length === 0 && labelNames.length === 0) this.remove()
        for (const [labels, value] of samples) this.inc(labels, value)
      },
    })
  const one = (value: number): readonly Sample[] => [[{}, value]]
  const raft = <Value>(read: (raft: NonNullable<Metrics['raft']>) => Value): Value | null => {
    const now = service.metrics().raft
    return now === null ? null : read(now)
  }

  many('build_info', 'Version of this node; always 1.', ['version', 'commit', 'target', 'bun'], () => [[build, 1]])
  gauge('process_start_time_seconds', 'When the process started, seconds since 1970.', () =>
    Math.round(Date.now() / 1000 - process.uptime()),
  )
  gauge('process_resident_memory_bytes', 'Memory in use.', () => process.memoryUsage.rss())
  gauge('process_heap_bytes', 'JavaScript heap in use.', () => process.memoryUsage().heapUsed)
  gauge('process_open_fds', 'Open files and sockets.', openFiles)
  counter('process_cpu_seconds', 'Processor time spent.', [], () => one((process.cpuUsage().user + process.cpuUsage().system) / 1e6))
  gauge('event_loop_lag_seconds', 'Median lateness of a timer.', () => service.metrics().loopLagMs / 1000)

  gauge('ready', '1 while this node is ready for work.', () => Number(service.health().ready))
  gauge('raft_epoch', 'Cluster epoch, raised by a take-over.', () => raft(({ epoch }) => epoch))
  gauge('raft_term', 'Term within the epoch.', () => raft(({ term }) => term))
  many(
    'raft_role',
    'Role of this node; 1 for the one it has.',
    ['role'],
    () => raft(({ role }): readonly Sample[] => [[{ role }, 1]]) ?? [],
  )
  gauge('raft_commit_index', 'Last log index known to be committed.', () => raft(({ commitIndex }) => commitIndex))
  gauge('raft_applied_index', 'Last log index applied here.', () => raft(({ appliedIndex }) => appliedIndex))
  gauge('raft_lag_entries', 'Entries committed and not yet applied here.', () =>
    raft(({ commitIndex, appliedIndex }) => Math.max(0, commitIndex - appliedIndex)),
  )
  gauge('raft_log_last_index', 'Last log index on this disk.', () => raft(({ lastIndex }) => lastIndex))
  gauge('raft_leader_heard_seconds', 'Since the leader was last heard.', () => raft(({ leaderHeardMsAgo }) => leaderHeardMsAgo / 1000))
  const rafted = (name: string, help: string, read: (raft: NonNullable<Metrics['raft']>) => number) =>
    counter(name, help, [], () => raft((now) => one(read(now))) ?? [])
  rafted('raft_elections', 'Times this node stood for election.', ({ elections }) => elections)
  rafted('raft_leader_changes', 'Times the leader changed.', ({ leaderChanges }) => leaderChanges)
  rafted('raft_snapshots_taken', 'Snapshots made.', ({ snapshotsTaken }) => snapshotsTaken)
  rafted('raft_snapshots_installed', 'Snapshots received and installed.', ({ snapshotsInstalled }) => snapshotsInstalled)

  many('members', 'Members by their health as this node sees it.', ['health'], () => {
    const { members } = service.view()
    return (['healthy', 'joining', 'suspected', 'down', 'unknown'] as const).map((health) => [
      { health },
      members.filter((member) => member.health === health).length,
    ])
  })
  gauge('records', 'Records in the key space.', () => service.view().records)
  gauge('writes_per_second', 'Committed writes a second, lately.', () => service.view().writesPerSecond)
  counter('proposals', 'Proposals made on this node, by outcome.', ['outcome'], () => {
    const { committed, failed } = service.metrics().proposals
    return [
      [{ outcome: 'committed' }, committed],
      [{ outcome: 'failed' }, failed],
    ]
  })
  gauge('proposals_waiting', 'Proposals that have no outcome yet.', () => service.metrics().proposals.waiting)
  counter('fsync', 'Commits to disk.', [], () => one(service.metrics().fsync.count))
  counter('fsync_seconds', 'Time spent in commits to disk.', [], () => one(service.metrics().fsync.sumSeconds))
  gauge('fsync_max_seconds', 'Slowest commit to disk of late.', () => service.metrics().fsync.maxSecondsRecent)

  const mesh = (name: string, help: string, read: (mesh: Metrics['mesh']) => { in: number; out: number }) =>
    counter(name, help, ['direction'], () =>
      Object.entries(read(service.metrics().mesh)).map(([direction, value]) => [{ direction }, value]),
    )
  mesh('mesh_frames', 'Frames over the mesh.', ({ framesIn, framesOut }) => ({ in: framesIn, out: framesOut }))
  mesh('mesh_bytes', 'Bytes over the mesh.', ({ bytesIn, bytesOut }) => ({ in: bytesIn, out: bytesOut }))
  counter('mesh_refused', 'What the mesh refused, by reason.', ['reason'], () =>
    Object.entries(service.metrics().mesh.refused).map(([reason, value]) => [{ reason }, value]),
  )
  return registry
}

const openFiles = (): number | null => {
  try {
    return readdirSync('/proc/self/fd').length
  } catch {
    return null
  }
}
