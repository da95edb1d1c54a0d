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
import type { PeerSight } from './ports.ts'

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

  const changeMembers = (scene: Scene) => {
    const wanted = scene.status.role === 'leader' && !busy ? configurationWanted(member, scene, downSinceMs) : null
    if (wanted === null) return
    busy = true
    member.consensus.reconfigure(wanted, (fault) => {
      busy = false
      if (fault === null) changeMembers(sceneOf(member))
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
    const scene = sceneOf(member)
    const scoring = scoringOf(member)
    downSinceMs = downSince(scene, clock.wallMs(), downSinceMs)
    member.consensus.setRanks(...ranking(scene, scoring))
    const raise = versionToRaise(scene.rows, clusterVersion(member.parts.state))
    if (raise !== null) attempt(() => member.submit([versionCommand(raise)]))
    changeMembers(scene)
    const decision = considerTransfer(memory, transferView(member, scene, scoring, busy ? 'a change of members' : null), clock.nowMs())
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
    if (soon || member.leadership.current()?.leader !== member.parts.self.peer) return
    soon = true
    cancelSoon = clock.after(soonMs, () => {
      soon = false
      if (somebodyWaits(member, member.consensus.status())) changeMembers(sceneOf(member))
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

/** What the duties look at, read once for each look. */
interface Scene {
  readonly status: Status
  readonly rows: readonly LedgerMember[]
  readonly sights: ReadonlyMap<PeerId, PeerSight>
}

const sceneOf = (member: Member): Scene => ({
  status: member.consensus.status(),
  rows: members(member.parts.state),
  sights: new Map(member.parts.mesh.sights().map((sight) => [sight.peer, sight])),
})

interface Scoring {
  readonly preferences: ReadonlyMap<PeerId, number>
  readonly scores: ReturnType<Member['scores']>
}

const scoringOf = (member: Member): Scoring => ({
  preferences: electionOf(member.parts.state, member.parts.genesis).preferences,
  scores: member.scores(),
})

/** Since when, on this node's wall clock, each member that is down now has been down without a break. */
const downSince = ({ sights }: Scene, nowMs: number, before: Readonly<Record<PeerId, number>>): Record<PeerId, number> => {
  const down = [...sights.values()].filter(({ health }) => health === 'down')
  return Object.fromEntries(down.map(({ peer }) => [peer, before[peer] ?? nowMs]))
}

/** The voters ranked by the scores at hand, and those of weight 0, which stand aside. */
const ranking = ({ status, sights }: Scene, { preferences, scores }: Scoring): [Readonly<Record<PeerId, number>>, PeerId[]] => {
  const voters = status.configuration.voters.map(
    (peer): Candidate => ({
      peer,
      score: scores.get(peer)?.score.total ?? null,
      weightZero: preferences.get(peer) === 0,
      answers: peer === status.self || sights.get(peer)?.health === 'healthy',
    }),
  )
  const aside = voters.filter((voter) => voter.weightZero).map(({ peer }) => peer)
  return [rankVoters(status.ranks, voters, status.self), aside]
}

/** The newest version every member says it knows, where the cluster is not there yet. */
const versionToRaise = (rows: readonly LedgerMember[], current: number): number | null => {
  const supported = Math.min(...rows.map((row) => row.supports ?? current))
  return Number.isFinite(supported) && supported > current ? supported : null
}

const configurationWanted = (member: Member, scene: Scene, downSinceMs: Readonly<Record<PeerId, number>>): Configuration | null => {
  const { status, sights } = scene
  const { state, clock } = member.parts
  const rows = scene.rows.toSorted((a, b) => a.index - b.index || (a.peer < b.peer ? -1 : 1))
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

const transferView = (member: Member, { status, sights }: Scene, { preferences, scores }: Scoring, busyWith: string | null) => {
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
