import type { PeerId } from '../base/index.ts'
import { showTerm } from '../base/index.ts'
import type { Status } from '../consensus/index.ts'
import { listed, majorityOf, quorumLoss } from './names.ts'
import type { PeerSight } from './ports.ts'
import type { Report } from './report.ts'
import type { Scored } from './scores.ts'
import type { Sighting } from './sightings.ts'
import type { ClusterView, EventView, MemberView } from './view.ts'

/** A learner that has applied less than this share of the log, and lacks more than a handful of entries, is still reading it. */
const readEnough = 0.98
const entriesLackedMax = 64

export interface KnownMember {
  readonly peer: PeerId
  readonly name: string
  readonly zone: string | null
  readonly addresses: readonly string[]
  readonly version: string | null
}

/** Everything a node knows at one instant; the picture is a pure function of it. */
export interface Knowledge {
  readonly atMs: number
  readonly version: string
  readonly cluster: { readonly id: string; readonly name: string }
  readonly self: { readonly peer: PeerId; readonly name: string }
  readonly status: Status
  readonly members: readonly KnownMember[]
  readonly sights: ReadonlyMap<PeerId, PeerSight>
  /** Latest report of each member, this node's own included, with its age. */
  readonly reports: ReadonlyMap<PeerId, { readonly report: Report; readonly ageMs: number }>
  readonly scores: ReadonlyMap<PeerId, Scored>
  readonly leadership: { readonly sinceMs: number; readonly because: string } | null
  readonly writesPerSecond: number
  readonly records: number
  readonly stateRoot: string | null
  readonly events: readonly EventView[]
}

/** The cluster as this node sees it now. */
export const picture = (known: Knowledge): ClusterView => {
  const members = known.members.map((member) => memberView(member, known))
  const nameOf = (peer: PeerId) => members.find((member) => member.peer === peer)?.name ?? peer.slice(-8)
  const voters = known.status.configuration.voters
  const missing = voters.filter((peer) => !answers(peer, known)).map(nameOf)
  const leader = known.status.leader
  return {
    atMs: known.atMs,
    version: known.version,
    cluster: known.cluster,
    self: known.self,
    leader:
      leader === null
        ? null
        : {
            peer: leader,
            name: nameOf(leader),
            term: showTerm(known.status.term),
            sinceMs: known.leadership?.sinceMs ?? known.atMs,
            because: known.leadership?.because ?? 'the reason has not reached this machine yet',
          },
    noLeaderBecause:
      leader === null ? (quorumLoss(missing, voters.length) ?? 'The voters are choosing a leader; this takes about a second.') : null,
    voters: { total: voters.length, answering: voters.length - missing.length, needed: majorityOf(voters.length) },
    members,
    roundTrips: roundTrips(known),
    log: {
      appliedIndex: known.status.appliedIndex,
      commitIndex: known.status.commitIndex,
      leaderHeardMsAgo: leader === null ? null : known.status.leaderHeardMsAgo,
      stateRoot: known.stateRoot,
    },
    writesPerSecond: known.writesPerSecond,
    records: known.records,
    events: known.events,
    haltedBecause: known.status.haltedBecause,
  }
}

const answers = (peer: PeerId, known: Knowledge): boolean => peer === known.self.peer || known.sights.get(peer)?.health === 'healthy'

const memberView = (member: KnownMember, known: Knowledge): MemberView => {
  const { status } = known
  const isSelf = member.peer === known.self.peer
  const sight = known.sights.get(member.peer)
  const heard = known.reports.get(member.peer)
  const role = status.configuration.voters.includes(member.peer) ? 'voter' : 'learner'
  const applied = isSelf ? status.appliedIndex : (heard?.report.appliedIndex ?? 0)
  const read = status.commitIndex === 0 ? 1 : Math.min(1, applied / status.commitIndex)
  const health = isSelf ? 'healthy' : (sight?.health ?? 'unknown')
  const reading = applied === 0 || (status.commitIndex - applied > entriesLackedMax && read < readEnough)
  const joining = role === 'learner' && health === 'healthy' && (reading || !status.configuration.learners.includes(member.peer))
  const scored = known.scores.get(member.peer)
  return {
    peer: member.peer,
    name: member.name,
    zone: member.zone,
    role,
    leads: status.leader === member.peer,
    isSelf,
    health: joining ? 'joining' : health,
    reason: isSelf ? null : (sight?.reason ?? null),
    heardMsAgo: isSelf ? 0 : (sight?.heardMsAgo ?? null),
    logReadPercent: joining ? Math.floor(read * 100) : null,
    version: heard?.report.version ?? member.version,
    addresses: member.addresses,
    capabilities: heard?.report.capabilities ?? null,
    capabilitiesAgeMs: heard === undefined ? null : isSelf ? 0 : heard.ageMs,
    score: scored?.view ?? null,
    scoreReason: scored === undefined ? 'no report yet' : scored.reason,
  }
}

/** Round trips as each member last reported them; what a machine said that is not heard any more is left out, and nobody reaches one that is down. */
const roundTrips = (known: Knowledge): ClusterView['roundTrips'] => {
  const peers = known.members.map((member) => member.peer)
  const isDown = (peer: PeerId) => known.sights.get(peer)?.health === 'down'
  const isSilent = (peer: PeerId) => isDown(peer) || known.sights.get(peer)?.health === 'suspected'
  return peers
    .filter((from) => !isSilent(from))
    .flatMap((from) => {
      const sightings: Readonly<Record<PeerId, Sighting>> = known.reports.get(from)?.report.sightings ?? {}
      return peers.flatMap((to) => {
        const seen = to === from ? undefined : sightings[to]
        if (seen === undefined) return []
        const answers = seen.answers && !isDown(to)
        return [{ from, to, ms: answers ? seen.rttMs : null, answers }]
      })
    })
}

/** The sentence of an event: who is not heard any more, or is heard again. */
export const healthSentence = (name: string, health: PeerSight['health'], reason: string | null, seenBy: string): string => {
  if (health === 'healthy') return `${name} answers again.`
  if (health === 'suspected') return `${seenBy} suspects ${name}: ${reason ?? '3 reports missed in a row'}.`
  if (health === 'down') return `${name} is down: ${reason ?? 'nobody hears it'}.`
  return `${name} has not been heard yet.`
}

/** Which members came and went between two lists, as sentences. */
export const membershipSentences = (before: readonly KnownMember[], after: readonly KnownMember[]): string[] => {
  const came = after.filter((member) => !before.some((other) => other.peer === member.peer)).map((member) => member.name)
  const went = before.filter((member) => !after.some((other) => other.peer === member.peer)).map((member) => member.name)
  return [
    ...(came.length > 0 ? [`${listed(came)} ${came.length === 1 ? 'is' : 'are'} in the cluster now.`] : []),
    ...(went.length > 0 ? [`${listed(went)} ${went.length === 1 ? 'was' : 'were'} removed from the cluster.`] : []),
  ]
}
