import type { ClusterView, MemberView } from '../../../src/node/view.ts'
import { agrees, exactMoment, listedBriefly, span } from '../../words/index.ts'
import { type Concern, diagnosis, folded } from './concern.ts'

/** A copy older than this is worth a word. */
const copyOldMs = 5_000

/** This node does not hear the leader, so its page is old. */
export const staleCopy = ({ leader, self, log, atMs, haltedBecause }: ClusterView): readonly Concern[] => {
  const silentMs = log.leaderHeardMsAgo
  if (haltedBecause !== null || leader === null || leader.peer === self.peer || silentMs === null || silentMs < copyOldMs) return []
  return [
    {
      id: 'copy',
      tone: 'warn',
      symbol: 'half',
      title: `${self.name} has not heard ${leader.name} for ${span(silentMs)}.`,
      detail: `So this page shows what it knew at ${exactMoment(atMs - silentMs, atMs)}. It goes on by itself when they hear each other again.`,
      ...diagnosis(self.name, leader),
    },
  ]
}

/** Machines that the cluster agrees are down. */
export const down = (view: ClusterView): readonly Concern[] => {
  const gone = view.members.filter((member) => member.health === 'down')
  const mend = 'come back by themselves once they run and can be reached; what they missed is sent to them.'
  return folded(
    gone.map((member): Concern => {
      const heard = member.heardMsAgo === null ? '' : `, last heard at ${exactMoment(view.atMs - member.heardMsAgo, view.atMs)}`
      const detail = `The others agree that it does not answer${because(member)}. It comes back by itself once it runs and can be reached; what it missed is sent to it.`
      return {
        id: `down-${member.peer}`,
        tone: 'bad',
        symbol: 'x',
        title: `${member.name} is down${heard}.`,
        detail,
        ...diagnosis(view.self.name, member),
      }
    }),
    () => ({
      id: 'down',
      tone: 'bad',
      symbol: 'x',
      title: `${gone.length} machines are down.`,
      detail: `${listedBriefly(gone.map((member) => member.name))} do not answer anybody. They ${mend}`,
    }),
  )
}

/** Machines that some do not hear while others may. */
export const suspected = (view: ClusterView): readonly Concern[] => {
  const doubtful = view.members.filter((member) => member.health === 'suspected')
  return folded(
    doubtful.map(
      (member): Concern => ({
        id: `suspected-${member.peer}`,
        tone: 'warn',
        symbol: 'half',
        title: suspicion(view, member),
        detail: `So ${member.name} is suspected${because(member)}, not down. ${likely(view, member)}`,
        ...diagnosis(view.self.name, member),
      }),
    ),
    () => ({
      id: 'suspected',
      tone: 'warn',
      symbol: 'half',
      title: `${doubtful.length} machines are suspected.`,
      detail: `${listedBriefly(doubtful.map((member) => member.name))} miss their reports. Something they share is likely: a switch, a firewall rule, a cable.`,
    }),
  )
}

const because = ({ reason }: MemberView): string => (reason === null ? '' : ` (${reason})`)

/** Who hears a machine and who does not, by name, as the round trips tell it. */
const hearing = ({ members, roundTrips }: ClusterView, member: MemberView) => {
  const names = (answers: boolean) =>
    roundTrips
      .filter((trip) => trip.to === member.peer && trip.answers === answers)
      .flatMap((trip) => members.filter((one) => one.peer === trip.from).map((one) => one.name))
  return { deaf: names(false), hear: names(true) }
}

const suspicion = (view: ClusterView, member: MemberView): string => {
  const { deaf, hear } = hearing(view, member)
  const still = hear.length === 0 ? '.' : `; ${listedBriefly(hear)} still ${agrees(hear, 'does', 'do')}.`
  const onlyHere = deaf.length === 0 || (deaf.length === 1 && deaf[0] === view.self.name)
  if (member.heardMsAgo !== null && onlyHere) return `${view.self.name} has not heard ${member.name} for ${span(member.heardMsAgo)}${still}`
  if (deaf.length === 0) return `${member.name} misses its reports.`
  return `${listedBriefly(deaf)} ${agrees(deaf, 'does', 'do')} not hear ${member.name}${still}`
}

const likely = (view: ClusterView, member: MemberView): string =>
  hearing(view, member).hear.length === 0
    ? 'It counts as down once the leader and the others agree.'
    : `Something between them is likely: a firewall on ${member.name}, or a one-way route.`
