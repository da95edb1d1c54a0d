import type { PeerId } from '../base/index.ts'

export type Health = 'healthy' | 'suspected' | 'down' | 'unknown'

/** What one member says about the others: whom it does not hear, as of `ageMs` ago. */
export interface Report {
  readonly suspects: ReadonlySet<PeerId>
  readonly ageMs: number
}

export interface Evidence {
  readonly self: PeerId
  readonly leader: PeerId | null
  /** Peers this node watches itself, and whether it hears them. Not listed: not a neighbour, or not long enough to say. */
  readonly own: ReadonlyMap<PeerId, 'heard' | 'suspected'>
  readonly reports: ReadonlyMap<PeerId, Report>
  /** Reports older than this say nothing: their author is not reachable. */
  readonly reportAgeMsMax: number
}

/**
 * Health of one peer as this node may state it. Own suspicion is enough for `suspected`; `down` is a word about the cluster, so the leader
 * and min(2, reachable others) must say it too. Without a leader nobody is down.
 */
export const judge = (peer: PeerId, evidence: Evidence): Health => {
  if (peer === evidence.self) return 'healthy'
  const own = evidence.own.get(peer)
  if (own === 'heard') return 'healthy'
  if (agreedDown(peer, evidence)) return 'down'
  return own === 'suspected' ? 'suspected' : 'unknown'
}

const agreedDown = (peer: PeerId, evidence: Evidence): boolean => {
  const { self, leader } = evidence
  if (leader === null || leader === peer) return false
  const says = (witness: PeerId): boolean =>
    witness === self ? evidence.own.get(peer) === 'suspected' : (evidence.reports.get(witness)?.suspects.has(peer) ?? false)
  const fresh = [...evidence.reports].filter(([, report]) => report.ageMs <= evidence.reportAgeMsMax).map(([witness]) => witness)
  const reachable = new Set([self, ...fresh])
  if (!reachable.has(leader) || !says(leader)) return false
  const others = [...reachable].filter((witness) => witness !== leader && witness !== peer)
  return others.filter(says).length >= Math.min(2, others.length)
}
