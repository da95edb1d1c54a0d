import type { PeerId } from '../base/index.ts'
import type { Configuration } from './types.ts'

/** A member as the leader sees it, in the order in which members were admitted. */
export interface Seat {
  readonly peer: PeerId
  readonly zone: string | null
  readonly health: 'healthy' | 'suspected' | 'down' | 'unknown'
  /** Its log is as long as the leader's, but for what is on its way. */
  readonly caughtUp: boolean
}

export interface SeatingView {
  /** In order of admission. */
  readonly members: readonly Seat[]
  readonly configuration: Configuration
  readonly leader: PeerId
  readonly nowMs: number
  /** When a voter was last replaced; null if never. Same clock as `nowMs`. */
  readonly lastReplacedMs: number | null
  /** Since when each voter that is down now has been down, without a break. */
  readonly downSinceMs: Readonly<Record<PeerId, number>>
  /** The operator settled for two voters in a cluster of two. */
  readonly twoVoters: boolean
  /** The operator wishes seven voters. */
  readonly sevenVoters: boolean
}

/** The next step, one voter more or less at most, or why everything stays. */
export type Seating =
  | { readonly configuration: Configuration; readonly because: string; readonly replaces: boolean }
  | { readonly configuration: null; readonly because: string; readonly replaces: false }

/** A dead voter is replaced after this: a reboot must not move votes about. */
export const replaceAfterMs = 10 * 60_000
/** At most one replacement in this time. */
export const replaceEveryMs = 60 * 60_000

/**
 * Who should vote next (design, section 7): 1, 3 or 5 voters (7 on wish), chosen by order of admission and spread over zones, never by score.
 * Growth needs caught-up learners and is not slowed; afterwards a voter changes only because it is no member any more, has been down for ten
 * minutes, or shares its zone while another zone has no voter, and at most one an hour. Pure.
 */
export const nextConfiguration = (view: SeatingView): Seating => {
  const { members, configuration } = view
  const known = new Set(members.map(({ peer }) => peer))
  const removed = (peers: readonly PeerId[]) => peers.filter((peer) => !known.has(peer))
  const goneLearners = removed(configuration.learners)
  const present = members.map(({ peer }) => peer)
  const unseated = present.filter((peer) => !configuration.voters.includes(peer) && !configuration.learners.includes(peer))
  if (unseated.length > 0 || goneLearners.length > 0) {
    const learners = [...configuration.learners.filter((peer) => known.has(peer)), ...unseated]
    return step({ voters: configuration.voters, learners }, unseated.length > 0 ? 'a new member reads the log' : 'a learner was removed')
  }
  const gone = removed(configuration.voters)[0]
  if (gone !== undefined) return withoutVoter(view, gone)
  return grow(view) ?? finishReplacement(view) ?? replace(view) ?? stay('the voters are as they should be')
}

/** How many voters a cluster of `members` should have. */
export const votersWanted = (members: number, { twoVoters = false, sevenVoters = false } = {}): number => {
  if (members >= 7 && sevenVoters) return 7
  if (members >= 5) return 5
  if (members >= 3) return 3
  return members === 2 && twoVoters ? 2 : 1
}

const wantedOf = (view: SeatingView): number => votersWanted(view.members.length, view)

const step = (configuration: { voters: readonly PeerId[]; learners: readonly PeerId[] }, because: string, replaces = false): Seating => ({
  configuration,
  because,
  replaces,
})

const stay = (because: string): Seating => ({ configuration: null, because, replaces: false })

/** A voter that is no member any more leaves at once: nobody may count on it. */
const withoutVoter = ({ configuration }: SeatingView, gone: PeerId): Seating => {
  const voters = configuration.voters.filter((peer) => peer !== gone)
  if (voters.length === 0) return stay('the only voter was removed; nobody is left to vote')
  return step({ voters, learners: configuration.learners }, 'a voter was removed from the cluster', true)
}

/** More voters while there are too few: pairs at odd sizes, so that the cluster does not rest at an even number. */
const grow = (view: SeatingView): Seating | null => {
  const { configuration } = view
  const { voters } = configuration
  const missing = wantedOf(view) - voters.length
  if (missing <= 0) return null
  const ready = candidates(view)
  const needed = voters.length % 2 === 1 && wantedOf(view) !== 2 ? Math.min(2, missing) : 1
  if (ready.length < needed) {
    return stay(
      `${needed} learners that answer and have read the log are needed for more voters, and there ${ready.length === 1 ? 'is' : 'are'} ${ready.length}`,
    )
  }
  const chosen = ready[0]
  return chosen === undefined ? null : promoted(configuration, chosen.peer, 'a learner has read the log and votes now', false)
}

/** After a replacement was added there is one voter too many: the one to be replaced steps back. */
const finishReplacement = (view: SeatingView): Seating | null => {
  const { configuration, leader } = view
  if (configuration.voters.length <= wantedOf(view)) return null
  const seats = voterSeats(view)
  const dead = seats.filter(({ peer, health }) => health === 'down' && peer !== leader)
  const crowded = crowdedSeats(view).filter(({ peer }) => peer !== leader)
  const out = dead.at(-1) ?? crowded.at(-1) ?? seats.filter(({ peer }) => peer !== leader).at(-1)
  return out === undefined ? null : demoted(configuration, out.peer, 'another member votes in its place')
}

/** One voter for another: first the newcomer comes in, then `finishReplacement` lets the old one step back. */
const replace = (view: SeatingView): Seating | null => {
  const { configuration, nowMs, lastReplacedMs, downSinceMs, leader } = view
  if (configuration.voters.length < 3) return null
  const dead = voterSeats(view).find(
    ({ peer, health }) => peer !== leader && health === 'down' && nowMs - (downSinceMs[peer] ?? nowMs) >= replaceAfterMs,
  )
  const emptyZones = zonesWithoutVoter(view)
  const misplaced = crowdedSeats(view).find(({ peer }) => peer !== leader)
  const ready = candidates(view)
  const newcomer = dead === undefined ? ready.find(({ zone }) => emptyZones.has(zone)) : ready[0]
  if ((dead === undefined && (misplaced === undefined || emptyZones.size === 0)) || newcomer === undefined) return null
  if (lastReplacedMs !== null && nowMs - lastReplacedMs < replaceEveryMs) return stay('a voter was replaced less than an hour ago')
  const because = dead === undefined ? 'its zone had no voter while another had several' : 'a voter has been down for 10 minutes'
  return promoted(configuration, newcomer.peer, because, true)
}

/** Learners that could vote, best first: a zone with the fewest voters, then order of admission. */
const candidates = (view: SeatingView): readonly Seat[] => {
  const votersIn = countByZone(voterSeats(view))
  return view.members
    .filter(({ peer, health, caughtUp }) => view.configuration.learners.includes(peer) && health === 'healthy' && caughtUp)
    .toSorted((a, b) => (votersIn.get(a.zone) ?? 0) - (votersIn.get(b.zone) ?? 0))
}

const voterSeats = ({ members, configuration }: SeatingView): readonly Seat[] =>
  members.filter(({ peer }) => configuration.voters.includes(peer))

const zonesWithoutVoter = (view: SeatingView): ReadonlySet<string | null> => {
  const votersIn = countByZone(voterSeats(view))
  return new Set(candidates(view).flatMap(({ zone }) => (votersIn.has(zone) ? [] : [zone])))
}

/** Voters beyond the first of their zone, in order of admission. */
const crowdedSeats = (view: SeatingView): readonly Seat[] => {
  const seen = new Set<string | null>()
  return voterSeats(view).filter(({ zone }) => {
    const crowded = seen.has(zone)
    seen.add(zone)
    return crowded
  })
}

const countByZone = (seats: readonly Seat[]): ReadonlyMap<string | null, number> => {
  const counts = new Map<string | null, number>()
  for (const { zone } of seats) counts.set(zone, (counts.get(zone) ?? 0) + 1)
  return counts
}

const promoted = ({ voters, learners }: Configuration, peer: PeerId, because: string, replaces: boolean): Seating =>
  step({ voters: [...voters, peer], learners: learners.filter((other) => other !== peer) }, because, replaces)

const demoted = ({ voters, learners }: Configuration, peer: PeerId, because: string): Seating =>
  step({ voters: voters.filter((other) => other !== peer), learners: [...learners, peer] }, because)
