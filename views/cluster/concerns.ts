import type { ClusterView, MemberView } from '../../src/node/view.ts'
import type { SymbolName, Tone } from '../parts/index.ts'
import { agrees, counted, diskSize, exactMoment, listed, percent, span } from '../words/index.ts'

/** Something a person may want to know or do: what is, what follows from it, and what mends it. */
export interface Concern {
  readonly id: string
  readonly tone: Tone
  readonly symbol: SymbolName
  readonly title: string
  readonly detail: string
  /** A command that helps, and where to run it. */
  readonly command?: { readonly before: string; readonly text: string }
}

/** A copy older than this is worth a word. */
const copyOldMs = 5_000
const diskLowShare = 0.1

/** What wants attention, worst first; empty where everything is as it should be. */
export const concerns = (view: ClusterView): readonly Concern[] => {
  if (view.cluster === null) return []
  const all = [
    ...staleCopy(view),
    ...view.members.flatMap((member) => unheard(view, member)),
    ...missingVoters(view),
    ...view.members.flatMap(joining),
    ...view.members.flatMap(lowDisk),
    ...view.members.flatMap(ollamaWarning),
    ...versions(view),
    ...tooFew(view),
  ]
  const order: readonly Tone[] = ['bad', 'warn', 'info', 'off', 'ok']
  return all.sort((one, other) => order.indexOf(one.tone) - order.indexOf(other.tone))
}

const staleCopy = ({ leader, self, log, atMs, haltedBecause }: ClusterView): Concern[] => {
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

const unheard = (view: ClusterView, member: MemberView): Concern[] => {
  if (member.health !== 'suspected' && member.health !== 'down') return []
  const because = member.reason === null ? '' : ` (${member.reason})`
  const heardAt = member.heardMsAgo === null ? null : exactMoment(view.atMs - member.heardMsAgo, view.atMs)
  if (member.health === 'down') {
    return [
      {
        id: `down-${member.peer}`,
        tone: 'bad',
        symbol: 'x',
        title: heardAt === null ? `${member.name} is down.` : `${member.name} is down, last heard at ${heardAt}.`,
        detail: `The others agree that it does not answer${because}. It comes back by itself once it runs and can be reached; what it missed is sent to it.`,
        ...diagnosis(view.self.name, member),
      },
    ]
  }
  return [
    {
      id: `suspected-${member.peer}`,
      tone: 'warn',
      symbol: 'half',
      title: suspicion(view, member),
      detail: `So ${member.name} is suspected${because}, not down. ${likely(view, member)}`,
      ...diagnosis(view.self.name, member),
    },
  ]
}

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
  const still = hear.length === 0 ? '.' : `; ${listed(hear)} still ${agrees(hear, 'does', 'do')}.`
  if (member.heardMsAgo !== null && (deaf.length === 0 || (deaf.length === 1 && deaf[0] === view.self.name))) {
    return `${view.self.name} has not heard ${member.name} for ${span(member.heardMsAgo)}${still}`
  }
  return deaf.length === 0
    ? `${member.name} misses its reports.`
    : `${listed(deaf)} ${agrees(deaf, 'does', 'do')} not hear ${member.name}${still}`
}

const likely = (view: ClusterView, member: MemberView): string =>
  hearing(view, member).hear.length === 0
    ? 'It counts as down once the leader and the others agree.'
    : `Something between them is likely: a firewall on ${member.name}, or a one-way route.`

const missingVoters = ({ leader, voters, members }: ClusterView): Concern[] => {
  const missing = voters.total - voters.answering
  if (missing <= 0 || voters.total < 2) return []
  const spare = voters.answering - voters.needed
  const title = `${missing} of ${voters.total} voters ${agrees(missing, 'is', 'are')} missing.`
  if (leader === null || spare < 0) {
    const wanted = voters.needed - voters.answering
    const names = members.filter((member) => member.role === 'voter' && member.health !== 'healthy').map((member) => member.name)
    const who = names.length === 0 ? 'them' : listed(names)
    return [
      {
        id: 'voters',
        tone: 'bad',
        symbol: 'x',
        title,
        detail:
          wanted > 0
            ? `Nothing can be changed until ${wanted} more ${agrees(wanted, 'answers', 'answer')}: start ${who} again or mend the network between them. Reading works, and nothing that was acknowledged is lost.`
            : 'Those that answer are choosing a leader; this usually takes about a second.',
      },
    ]
  }
  const detail =
    spare === 0
      ? 'If one more stops, nothing can be changed until one of them is back. Reading goes on.'
      : `${counted(spare, 'more voter')} may stop before changes have to wait.`
  return [{ id: 'voters', tone: 'warn', symbol: 'half', title, detail }]
}

const joining = (member: MemberView): Concern[] => {
  if (member.health !== 'joining') return []
  const read = member.logReadPercent === null ? 'It reads the log' : `It reads the log, ${percent(member.logReadPercent / 100)} so far,`
  const detail = `${read} and then counts as healthy. It is a learner: it has everything, and no vote.`
  return [{ id: `joining-${member.peer}`, tone: 'info', symbol: 'run', title: `${member.name} is joining.`, detail }]
}

const lowDisk = (member: MemberView): Concern[] => {
  const disk = member.capabilities?.disks[0]
  if (disk === undefined || disk.totalBytes <= 0) return []
  const share = disk.freeBytes / disk.totalBytes
  if (share >= diskLowShare) return []
  return [
    {
      id: `disk-${member.peer}`,
      tone: disk.freeBytes <= 0 ? 'bad' : 'warn',
      symbol: disk.freeBytes <= 0 ? 'x' : 'half',
      title:
        disk.freeBytes <= 0
          ? `The disk of ${member.name} is full.`
          : `${member.name} has ${diskSize(disk.freeBytes)} of disk left, ${percent(share)}.`,
      detail: `A full disk can keep nothing new, so a machine without room neither leads nor follows. Make room on ${disk.mount}.`,
    },
  ]
}

const ollamaWarning = (member: MemberView): Concern[] => {
  const warning = member.capabilities?.ollama?.warning ?? null
  if (warning === null) return []
  return [{ id: `ollama-${member.peer}`, tone: 'warn', symbol: 'half', title: `Ollama on ${member.name} wants a look.`, detail: warning }]
}

const versions = ({ members, version }: ClusterView): Concern[] => {
  const others = members.filter((member) => member.version !== null && member.version !== version)
  if (others.length === 0) return []
  const phrases = others.map((member) => `${member.name} runs ${member.version}`)
  return [
    {
      id: 'versions',
      tone: 'off',
      symbol: 'ring',
      title: 'Not all machines run the same version.',
      detail: `${listed(phrases)}; this one runs ${version}. They work together; what is new waits until all of them know it.`,
    },
  ]
}

const tooFew = ({ members, voters, self }: ClusterView): Concern[] => {
  if (members.length === 1) {
    const detail = 'A cluster of one works. With 3 machines it survives losing one.'
    return [{ id: 'few', tone: 'off', symbol: 'ring', title: `Only ${self.name} so far.`, detail }]
  }
  if (members.length !== 2) return []
  const needed = voters.total === 2 ? '2 voters, and both are needed.' : '2 machines, and only 1 of them votes.'
  const detail =
    'While the one that is needed is away, nothing can be changed. A third machine, however small, ends that; a Raspberry Pi will do.'
  return [{ id: 'few', tone: 'off', symbol: 'ring', title: needed, detail }]
}

/** How to ask why; the name only where it cannot be misread by a shell, else the id. */
const diagnosis = (on: string, { name, peer }: { name: string; peer: string }): Pick<Concern, 'command'> => {
  const target = /^[a-z0-9][a-z0-9._-]*$/i.test(name) ? name : peer
  return { command: { before: `To see why, run this on ${on}:`, text: `bzzz doctor --peer ${target}` } }
}
