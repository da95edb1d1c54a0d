import type { PeerId } from '../base/index.ts'
import { type ScorePart, type ScoreWeights, scoreParts, scoreWeightsDefault } from './score-weights.ts'

/*
 * The score of a member says how well it would lead, 0 to 1, in five weighted parts. It decides who stands first and when leadership moves,
 * never who wins a vote. Stability and network are what others report, so that nobody praises itself; of several reports the median
 * counts, so that one liar moves it no further than to what an honest member or a neutral one would say.
 */

/** How one member has seen another. What comes from a peer is taken as it is: nonsense is ignored here, not trusted. */
export interface SeenBy {
  readonly by: PeerId
  /** Share of the last hour (or of what was observed of it) in which it was healthy, 0 to 1. */
  readonly healthyShare: number
  readonly observedMs: number
  /** New processes seen in that time. */
  readonly restarts: number
  /** Median of the recent round trips; null where there are none. */
  readonly rttMs: number | null
}

export interface ScoreInput {
  readonly peer: PeerId
  /** Reports of the others; its own word about itself is ignored. */
  readonly seenBy: readonly SeenBy[]
  /** Members beside this one. With none, nobody can report, and the first two parts are full. */
  readonly others: number
  /** What it says of itself; null as long as it has said nothing. */
  readonly load: ScoreLoad | null
  /** The operator's wish, 0 to 1; 0.5 where none was expressed. */
  readonly preference: number
}

/** The part of `Capabilities` that counts, plus how late its event loop runs. */
export interface ScoreLoad {
  readonly cpuBusyPercent: number | null
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number }
  /** The data folder's disk first; the others do not count. */
  readonly disks: readonly { readonly totalBytes: number; readonly freeBytes: number }[]
  readonly gpus: readonly { readonly vramTotalBytes: number | null; readonly unified: boolean; readonly busyPercent: number | null }[]
  readonly eventLoopLagMs: number
}

/** Parts are already weighted; each is at most its weight and they add up to `total`. Without a score, why not. */
export type Score =
  | { readonly total: number; readonly parts: Readonly<Record<ScorePart, number>>; readonly reason: null }
  | { readonly total: null; readonly parts: null; readonly reason: string }

/** Seconds of reports before a score means anything. */
const observedMsNeeded = 10_000

/** Scores all members together: the median round trip of the whole cluster is the neutral voice about each of them. */
export const scoreMembers = (inputs: readonly ScoreInput[], weights: ScoreWeights = scoreWeightsDefault): ReadonlyMap<PeerId, Score> => {
  const all = inputs.flatMap((input) => reportsOn(input).map(({ rttMs }) => rttMs))
  const usual = median(all.filter((rttMs) => rttMs !== null))
  return new Map(inputs.map((input) => [input.peer, scoreMember(input, weights, usual)]))
}

/** The score of one member; `usualRttMs` is the median round trip of the cluster, null where nothing was measured. */
export const scoreMember = (input: ScoreInput, weights: ScoreWeights = scoreWeightsDefault, usualRttMs: number | null = null): Score => {
  if (input.load === null) return none('not yet: it has not reported its load')
  const reports = reportsOn(input)
  if (input.others > 0) {
    if (reports.length === 0) return none('not yet: no other machine has reported on it')
    if (Math.max(...reports.map(({ observedMs }) => observedMs)) < observedMsNeeded) return none('not yet: needs 10 s of reports')
  }
  const trusted = reports.filter(({ observedMs }) => observedMs >= observedMsNeeded)
  const shares: Readonly<Record<ScorePart, number>> = {
    stability: input.others === 0 ? 1 : stability(trusted),
    network: input.others === 0 ? 1 : network(trusted, usualRttMs),
    headroom: headroom(input.load),
    capacity: capacity(input.load),
    preference: share(input.preference),
  }
  const part = (name: ScorePart) => weights[name] * shares[name]
  const parts = {
    stability: part('stability'),
    network: part('network'),
    headroom: part('headroom'),
    capacity: part('capacity'),
    preference: part('preference'),
  }
  return { total: scoreParts.reduce((sum, name) => sum + parts[name], 0), parts, reason: null }
}

const none = (reason: string): Score => ({ total: null, parts: null, reason })

/** One report a reporter, none about oneself, none with numbers that cannot be. */
const reportsOn = ({ peer, seenBy }: ScoreInput): readonly SeenBy[] => {
  const sane = seenBy.filter(
    ({ by, healthyShare, observedMs, restarts, rttMs }) =>
      by !== peer &&
      healthyShare >= 0 &&
      healthyShare <= 1 &&
      observedMs >= 0 &&
      restarts >= 0 &&
      (rttMs === null || (rttMs >= 0 && rttMs < Number.POSITIVE_INFINITY)),
  )
  return [...new Map(sane.map((report) => [report.by, report])).values()]
}

const hourMs = 3_600_000

/** Health as the others saw it, less a tenth for each restart an hour. The neutral voice says "healthy". */
const stability = (reports: readonly SeenBy[]): number =>
  withNeutral(
    reports.map(({ healthyShare, observedMs, restarts }) => share(healthyShare - (0.1 * restarts) / Math.max(1, observedMs / hourMs))),
    1,
  ) ?? 0

/** 1 at no distance, half at 5 ms: within a room all are near 1, over a long line it drops. Nobody measured it: nothing. */
const network = (reports: readonly SeenBy[], usualRttMs: number | null): number => {
  const rttMs = withNeutral(
    reports.map((report) => report.rttMs).filter((ms) => ms !== null),
    usualRttMs,
  )
  return rttMs === null ? 0 : 5 / (5 + rttMs)
}

/** Free processor and memory, halved by a GPU that is fully busy; gone when the event loop runs 200 ms late, untouched up to 10 ms. */
const headroom = ({ cpuBusyPercent, memory, gpus, eventLoopLagMs }: ScoreLoad): number => {
  const idle = 1 - share((cpuBusyPercent ?? 50) / 100)
  const free = memory.totalBytes > 0 ? share(memory.freeBytes / memory.totalBytes) : 0
  const gpuBusy = Math.max(0, ...gpus.map(({ busyPercent }) => share((busyPercent ?? 0) / 100)))
  const onTime = 1 - share((eventLoopLagMs - 10) / 190)
  return ((idle + free) / 2) * (1 - gpuBusy / 2) * onTime
}

const gibibyte = 2 ** 30

/**
 * Two thirds for VRAM (16 GiB give half of it, memory shared with the processor counts half), one third for free disk: all of it from
 * 100 GB and 30 % free, none below 10 %, where nothing is placed any more.
 */
const capacity = ({ gpus, disks }: ScoreLoad): number => {
  const vram = gpus.reduce((sum, { vramTotalBytes, unified }) => sum + positive(vramTotalBytes) / (unified ? 2 : 1), 0)
  const disk = disks[0]
  const freeShare = disk === undefined || !(disk.totalBytes > 0) ? 0 : share(disk.freeBytes / disk.totalBytes)
  const space = share((freeShare - 0.1) / 0.2) * share(positive(disk?.freeBytes) / 100e9)
  return (2 / 3) * (vram / (vram + 16 * gibibyte)) + (1 / 3) * space
}

/** Cut to 0..1; what is not a number is 0. */
const share = (value: number): number => (value > 0 ? Math.min(1, value) : 0)

const positive = (value: number | null | undefined): number => (typeof value === 'number' && value > 0 && value < 2 ** 60 ? value : 0)

/** The median; an even number of voices is made odd by the neutral one, so that a liar among two cannot pull the mean wherever it likes. */
const withNeutral = (values: readonly number[], neutral: number | null): number | null =>
  median(values.length > 0 && values.length % 2 === 0 && neutral !== null ? [...values, neutral] : values)

const median = (values: readonly number[]): number | null => {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  const upper = sorted[middle]
  if (upper === undefined) return null
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
