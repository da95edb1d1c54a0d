import type { ClusterView } from '../../src/node/view.ts'
import { counted, moment } from '../words/index.ts'

/** The state of the cluster in words: a headline, what it rests on, and what follows from it. */
export interface Sentence {
  readonly headline: string
  readonly strong: string
  readonly rest: string
}

/** The first lines of the page: what is, since when, because of what. No counters and no ages, so that a screen reader speaks only of changes. */
export const sentence = (view: ClusterView): Sentence => {
  if (view.haltedBecause !== null) {
    const [first = '', ...more] = closed(view.haltedBecause).split(/(?<=[.!?])\s+/)
    return {
      headline: `${view.self.name} takes no part any more.`,
      strong: first,
      rest: [...more, 'Below is what it knew last.'].join(' '),
    }
  }
  if (view.cluster === null) {
    return {
      headline: `${view.self.name} is in no cluster yet.`,
      strong: 'It runs and waits.',
      rest: 'It can start a cluster of its own, or be brought into one by a machine that is already in it.',
    }
  }
  return { headline: census(view), ...leadership(view) }
}

const census = ({ members, leader }: ClusterView): string => {
  const healthy = members.filter((member) => member.health === 'healthy').length
  const machines = counted(members.length, 'machine')
  const state = members.length === 1 && healthy === 1 ? 'healthy' : `${healthy} healthy`
  return leader === null ? `${machines}, ${state}, no leader.` : `${machines}, ${state}.`
}

const leadership = (view: ClusterView): Omit<Sentence, 'headline'> => {
  const { leader, voters } = view
  if (leader === null) {
    const missing = `${voters.answering} of ${counted(voters.total, 'voter')} ${voters.answering === 1 ? 'answers' : 'answer'}, and ${voters.needed} are needed.`
    return {
      strong: 'Nobody leads at the moment.',
      rest: view.noLeaderBecause === null ? `${missing} Reading works, changes wait.` : closed(view.noLeaderBecause),
    }
  }
  const because = leader.because.trim().replace(/^because\s+/i, '')
  return {
    strong: `${leader.name} leads since ${moment(leader.sinceMs, view.atMs)}`,
    rest: `${because === '' ? '.' : `, because ${closed(because)}`} ${quorum(voters)}`.trimEnd(),
  }
}

const quorum = ({ total, answering, needed }: ClusterView['voters']): string => {
  if (total === 1) return ''
  const verb = answering === 1 ? 'answers' : 'answer'
  return answering >= needed
    ? `${answering} of ${total} voters ${verb}, so changes go through.`
    : `Only ${answering} of ${total} voters ${verb}, so changes wait.`
}

/** The text with a full stop, whoever wrote it. */
const closed = (text: string): string => (/[.!?…]$/.test(text.trim()) ? text.trim() : `${text.trim()}.`)
