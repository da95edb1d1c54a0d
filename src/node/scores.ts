import type { PeerId } from '../base/index.ts'
import { type Score, type SeenBy, scoreMembers, showScore } from '../consensus/index.ts'
import type { Election } from '../ledger/index.ts'
import type { Report } from './report.ts'
import type { ScoreView } from './view.ts'

export interface Scored {
  readonly score: Score
  readonly view: ScoreView | null
  /** Why there is none yet: the end of "not yet: …". */
  readonly reason: string | null
}

/** Scores all members from the reports at hand; `ranks` are the leader's and only shown. */
export const scoreAll = (
  members: readonly PeerId[],
  reports: ReadonlyMap<PeerId, { readonly report: Report }>,
  election: Election,
  ranks: Readonly<Record<PeerId, number>>,
): ReadonlyMap<PeerId, Scored> => {
  const scores = scoreMembers(
    members.map((peer) => ({
      peer,
      seenBy: seenBy(peer, members, reports),
      others: members.length - 1,
      load: loadOf(reports.get(peer)?.report),
      preference: election.preferences.get(peer) ?? 0.5,
    })),
    election.weights,
  )
  return new Map(
    members.map((peer, order) => {
      const score = scores.get(peer) ?? { total: null, parts: null, reason: 'no report yet' }
      const shown = showScore(score, election.weights)
      const view = shown === null ? null : { total: shown.total, parts: shown.parts, rank: ranks[peer] ?? order }
      return [peer, { score, view, reason: score.reason?.replace(/^not yet: /, '') ?? null }]
    }),
  )
}

const seenBy = (peer: PeerId, members: readonly PeerId[], reports: ReadonlyMap<PeerId, { readonly report: Report }>): SeenBy[] =>
  members.flatMap((by) => {
    const sighting = by === peer ? undefined : reports.get(by)?.report.sightings[peer]
    return sighting === undefined ? [] : [{ by, ...sighting }]
  })

const loadOf = (report: Report | undefined) => {
  if (report === undefined || report.capabilities === null) return null
  const { cpu, memory, disks, gpus } = report.capabilities
  return { cpuBusyPercent: cpu.busyPercent, memory, disks, gpus, eventLoopLagMs: report.loopLagMs }
}
