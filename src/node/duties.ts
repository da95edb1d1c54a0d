import type { PeerId } from '../base/index.ts'
import {
  beginTenure,
  type Candidate,
  type Configuration,
  considerTransfer,
  nextConfiguration,
  rankVoters,
  type Status,
  type TransferMemory,
} from '../consensus/index.ts'
import { clusterVersion, configurationStampMs, electionOf, type Member as LedgerMember, members, versionCommand } from '../ledger/index.ts'
import { every, type Member } from './member.ts'

const lookMs = 500
const soonMs = 25
/** With so many voters nobody else becomes one in a hurry. */
const votersMax = 5
/** Entries behind the leader that still count as caught up. */
const caughtUpWithin = 64

/**
 * What only the leader does: brings admitted members into the configuration, raises the cluster version, ranks the voters by score, and
 * hands leadership to a clearly better one. Everything is decided by pure policies; this looks every half second and carries out.
 */
export const startDuties = (member: Member): (() => void) => {
  const { clock, log } = member.parts
  let memory: TransferMemory | null = null
  let busy = false
  let downSinceMs: Record<PeerId, number> = {}

  const changeMembers = (status: Status) => {
    const wanted = status.role === 'leader' && !busy ? configurationWanted(member, downSinceMs) : null
    if (wanted === null) return
    busy = true
    member.consensus.reconfigure(wanted, (fault) => {
      busy = false
      if (fault === null) changeMembers(member.consensus.status())
      else log.warn('the configuration did not change', { code: fault.code, message: fault.message })
    })
  }

  const look = () => {
    const status = member.consensus.status()
    if (status.role !== 'leader') {
      memory = null
      return
    }
    memory ??= beginTenure(clock.nowMs(), member.leadership.handOversAtMs(clock.nowMs()))
    downSinceMs = downSince(member, downSinceMs)
    rank(member)
    const raise = versionToRaise(members(member.parts.state), clusterVersion(member.parts.state))
    if (raise !== null) attempt(() => member.submit([versionCommand(raise)]))
    changeMembers(status)
    const decision = considerTransfer(memory, transferView(member, busy ? 'a change of members' : null), clock.nowMs())
    memory = decision.memory
    if (decision.transferTo !== null) {
      const { transferTo, because } = decision
      attempt(() => member.transfer(transferTo, because))
    }
  }

  const attempt = (act: () => Promise<unknown>) => {
    act().catch((error: unknown) => log.warn('a duty of the leader failed and is tried again', { error }))
  }
  const stopLooking = every(clock, lookMs, look)
  // Whoever waits to come in is not kept waiting for the next look.
  let soon = false
  const stopListening = member.onChange(() => {
    if (soon) return
    soon = true
    cancelSoon = clock.after(soonMs, () => {
      soon = false
      const status = member.consensus.status()
      if (somebodyWaits(member, status)) changeMembers(status)
    })
  })
  let cancelSoon = () => {}
  return () => {
    stopLooking()
    stopListening()
    cancelSoon()
  }
}

/** Somebody is not in the configuration yet, or may become a voter; under load this is asked often, so it reads nothing from the disk. */
const somebodyWaits = ({ members: known }: Member, { configuration: { voters, learners } }: Status): boolean =>
  known.length !== voters.length + learners.length || (learners.length > 0 && voters.length < votersMax)

/** Since when, on this node's wall clock, each member that is down now has been down without a break. */
const downSince = (member: Member, before: Readonly<Record<PeerId, number>>): Record<PeerId, number> => {
  const nowMs = member.parts.clock.wallMs()
  const down = member.parts.mesh.sights().filter(({ health }) => health === 'down')
  return Object.fromEntries(down.map(({ peer }) => [peer, before[peer] ?? nowMs]))
}

/** Ranks the voters by the scores at hand; ranks of weight 0 stand aside. */
const rank = (member: Member): void => {
  const status = member.consensus.status()
  const { preferences } = electionOf(member.parts.state, member.parts.genesis)
  const scores = member.scores()
  const healthy = new Set(member.parts.mesh.sights().flatMap((sight) => (sight.health === 'healthy' ? [sight.peer] : [])))
  const voters = status.configuration.voters.map(
    (peer): Candidate => ({
      peer,
      score: scores.get(peer)?.score.total ?? null,
      weightZero: preferences.get(peer) === 0,
      answers: peer === status.self || healthy.has(peer),
    }),
  )
  const aside = voters.filter((voter) => voter.weightZero).map(({ peer }) => peer)
  member.consensus.setRanks(rankVoters(status.ranks, voters, status.self), aside)
}

/** The newest version every member says it knows, where the cluster is not there yet. */
const versionToRaise = (rows: readonly LedgerMember[], current: number): number | null => {
  const supported = Math.min(...rows.map((row) => row.supports ?? current))
  return Number.isFinite(supported) && supported > current ? supported : null
}

const configurationWanted = (member: Member, downSinceMs: Readonly<Record<PeerId, number>>): Configuration | null => {
  const status = member.consensus.status()
  const { state, mesh, clock } = member.parts
  const sights = new Map(mesh.sights().map((sight) => [sight.peer, sight]))
  const rows = members(state).toSorted((a, b) => a.index - b.index || (a.peer < b.peer ? -1 : 1))
  const seating = nextConfiguration({
    members: rows.map(({ peer, zone }) => ({
      peer,
      zone,
      health: peer === status.self ? 'healthy' : (sights.get(peer)?.health ?? 'unknown'),
      caughtUp: peer === status.self || (status.peers[peer]?.counts === true && isCaughtUp(status, peer)),
    })),
    configuration: status.configuration,
    leader: status.self,
    nowMs: clock.wallMs(),
    // The stamp of the last change of any kind: replicated, so that the limit holds whoever leads, and on the careful side.
    lastReplacedMs: configurationStampMs(state),
    downSinceMs,
    twoVoters: false,
    sevenVoters: false,
  })
  if (seating.configuration !== null) member.parts.log.info('the configuration changes', { because: seating.because })
  return seating.configuration
}

const isCaughtUp = (status: Status, peer: PeerId): boolean => (status.peers[peer]?.matchIndex ?? 0) + caughtUpWithin >= status.lastIndex

const transferView = (member: Member, busyWith: string | null) => {
  const status = member.consensus.status()
  const scores = member.scores()
  const { preferences } = electionOf(member.parts.state, member.parts.genesis)
  const sights = new Map(member.parts.mesh.sights().map((sight) => [sight.peer, sight]))
  const of = (peer: PeerId) => ({
    peer,
    name: member.nameOf(peer),
    score: scores.get(peer)?.score.total ?? null,
    weightZero: preferences.get(peer) === 0,
  })
  return {
    self: of(status.self),
    busyWith,
    rivals: status.configuration.voters
      .filter((peer) => peer !== status.self)
      .map((peer) => ({
        ...of(peer),
        healthy: sights.get(peer)?.health === 'healthy',
        caughtUp: isCaughtUp(status, peer),
      })),
  }
}
