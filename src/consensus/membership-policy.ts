import type { PeerId } from '../base/index.ts'
import type { Configuration } from './types.ts'

/** A member as the policy sees it. */
export interface PolicyMember {
  readonly peer: PeerId
  readonly zone: string | null
}

export interface PolicyHealth {
  readonly health: 'healthy' | 'suspected' | 'down' | 'unknown'
  /** How long it has been down, in milliseconds; 0 when it is not. */
  readonly downMs: number
  /** Its log is (nearly) as long as the leader's. */
  readonly caughtUp: boolean
}

export interface PolicyInput {
  /** In the order in which they were admitted; removed ones are not there any more. */
  readonly members: readonly PolicyMember[]
  readonly configuration: Configuration
  readonly health: Readonly<Record<PeerId, PolicyHealth>>
  readonly leader: PeerId
  /** Now, and the last replacement of a voter, both as leader's stamps; null when there was none. */
  readonly stampMs: number
  readonly lastReplacementMs: number | null
  /** The operator settled for two voters. */
  readonly twoVoters: boolean
  readonly votersMax: 1 | 3 | 5 | 7
}

export type PolicyDecision =
  /** `replaces`: this begins the replacement of a voter and counts for the limit of one an hour. */
  { readonly configuration: Configuration; readonly because: string; readonly replaces: boolean } | { readonly wait: string }

/**
 * The next single step towards the configuration that the members deserve (design, section 7): 1, 3 or 5 voters by order of admission and zone,
 * exchanged only when dead or wrongly zoned, at most one an hour, never by score. Growing and tidying up after removals are not limited.
 */
export const nextConfiguration = (input: PolicyInput): PolicyDecision =>
  dropRemoved(input) ?? welcome(input) ?? shrink(input) ?? grow(input) ?? replace(input)

/** Who was removed leaves: learners together, voters one by one. */
const dropRemoved = ({ members, configuration, leader }: PolicyInput): PolicyDecision | null => {
  const { voters, learners } = configuration
  const gone = (id: PeerId): boolean => !members.some(({ peer }) => peer === id)
  const leaving = voters.filter(gone)
  // The leader goes last: its step-down ends this policy's own term.
  const voter = leaving.find((id) => id !== leader) ?? leaving[0]
  if (voter !== undefined && voters.length > 1) {
    return change(
      voters.filter((id) => id !== voter),
      learners.filter((id) => !gone(id)),
      `${voter} was removed`,
    )
  }
  return learners.some(gone)
    ? change(
        voters,
        learners.filter((id) => !gone(id)),
        'a learner was removed',
      )
    : null
}

/** Who was admitted begins as a learner. */
const welcome = ({ members, configuration }: PolicyInput): PolicyDecision | null => {
  const { voters, learners } = configuration
  const newcomers = members.map(({ peer }) => peer).filter((id) => !voters.includes(id) && !learners.includes(id))
  return newcomers.length === 0 ? null : change(voters, [...learners, ...newcomers], `${newcomers.join(', ')} joined`)
}

/** More voters than the members deserve, as after a removal: one steps back, a dead one first, the last admitted otherwise, never the leader. */
const shrink = (input: PolicyInput): PolicyDecision | null => {
  const { configuration, leader, members } = input
  const wanted = wantedVoters(input)
  if (configuration.voters.length <= wanted) return null
  const candidates = members.map(({ peer }) => peer).filter((id) => configuration.voters.includes(id) && id !== leader)
  const out = candidates.find((id) => isDead(input, id)) ?? candidates.at(-1)
  return out === undefined
    ? null
    : demote(configuration, out, `${members.length} members need ${wanted} ${wanted === 1 ? 'voter' : 'voters'}`, false)
}

/** Fewer voters than deserved: promote who is ready. An odd size is left only when its successor of two more can be reached. */
const grow = (input: PolicyInput): PolicyDecision | null => {
  const { configuration, members, twoVoters } = input
  const { voters } = configuration
  const wanted = wantedVoters(input)
  if (voters.length >= wanted) return null
  const ready = readyLearners(input)
  const needed = voters.length % 2 === 0 || (members.length === 2 && twoVoters) ? 1 : 2
  const next = ready[0]
  if (next === undefined || ready.length < needed) {
    return { wait: `${wanted} voters are wanted; ${ready.length} of ${needed} learners needed for the next step are healthy and caught up` }
  }
  return promote(configuration, next, `${wanted} voters are wanted and ${next} has caught up`)
}

/** Exchanges a dead or wrongly zoned voter: it steps back first, growing fills its place. */
const replace = (input: PolicyInput): PolicyDecision => {
  const { configuration, stampMs, lastReplacementMs } = input
  const found = deadVoter(input) ?? wronglyZoned(input)
  if (found === null) return { wait: 'nothing to change' }
  if (readyLearners(input).length === 0) return { wait: `${found.because}, but no other member is healthy and caught up` }
  if (lastReplacementMs !== null && stampMs < lastReplacementMs + replacementMs) {
    return { wait: `${found.because}; voters are replaced at most once an hour` }
  }
  return demote(configuration, found.voter, found.because, true)
}

const deadVoter = (input: PolicyInput): { voter: PeerId; because: string } | null => {
  const voter = input.configuration.voters.find((id) => isDead(input, id))
  return voter === undefined ? null : { voter, because: `${voter} has been down for ten minutes` }
}

/** A voter of the fullest zone, where a ready learner's zone has at least two voters fewer. */
const wronglyZoned = (input: PolicyInput): { voter: PeerId; because: string } | null => {
  const { members, configuration, leader } = input
  const counts = zoneCounts(input)
  const candidate = readyLearners(input)[0]
  if (candidate === undefined) return null
  const fewest = counts.get(zoneOf(input, candidate)) ?? 0
  const crowded = members
    .map(({ peer }) => peer)
    .filter((id) => configuration.voters.includes(id) && id !== leader && (counts.get(zoneOf(input, id)) ?? 0) >= fewest + 2)
  const voter = crowded.at(-1)
  return voter === undefined ? null : { voter, because: `${voter} shares its zone with other voters, ${candidate} does not` }
}

/** Healthy and caught-up learners, the emptiest zone first, then by order of admission. */
const readyLearners = (input: PolicyInput): PeerId[] => {
  const counts = zoneCounts(input)
  return input.members
    .map(({ peer }) => peer)
    .filter((id) => input.configuration.learners.includes(id))
    .filter((id) => input.health[id]?.health === 'healthy' && input.health[id]?.caughtUp === true)
    .sort((a, b) => (counts.get(zoneOf(input, a)) ?? 0) - (counts.get(zoneOf(input, b)) ?? 0))
}

const zoneCounts = (input: PolicyInput): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const voter of input.configuration.voters) counts.set(zoneOf(input, voter), (counts.get(zoneOf(input, voter)) ?? 0) + 1)
  return counts
}

/** Members without a zone stand in one together. */
const zoneOf = ({ members }: PolicyInput, id: PeerId): string => members.find(({ peer }) => peer === id)?.zone ?? ''

const isDead = ({ health }: PolicyInput, id: PeerId): boolean => {
  const at = health[id]
  return at !== undefined && at.health === 'down' && at.downMs >= deadMs
}

/** How many voters so many members deserve in the end. */
const wantedVoters = ({ members, twoVoters, votersMax }: PolicyInput): number => {
  if (members.length === 2) return twoVoters ? 2 : 1
  const odd = members.length % 2 === 1 ? members.length : members.length - 1
  return Math.max(1, Math.min(odd, votersMax))
}

const change = (voters: readonly PeerId[], learners: readonly PeerId[], because: string): PolicyDecision => ({
  configuration: { voters, learners },
  because,
  replaces: false,
})

const promote = ({ voters, learners }: Configuration, id: PeerId, because: string): PolicyDecision =>
  change(
    [...voters, id],
    learners.filter((each) => each !== id),
    because,
  )

const demote = ({ voters, learners }: Configuration, id: PeerId, because: string, replaces: boolean): PolicyDecision => ({
  configuration: { voters: voters.filter((each) => each !== id), learners: [...learners, id] },
  because,
  replaces,
})

const replacementMs = 60 * 60_000
/** A reboot is no death. */
const deadMs = 10 * 60_000
