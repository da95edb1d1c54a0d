import type { ClusterView } from '../../../src/node/view.ts'
import { agrees, counted, listed, listedAsChoice } from '../../words/index.ts'
import type { Concern } from './concern.ts'

/** Voters that do not answer, and what still works without them. */
export const missingVoters = ({ leader, voters, members }: ClusterView): readonly Concern[] => {
  const missing = voters.total - voters.answering
  if (missing <= 0 || voters.total < 2) return []
  const title = `${missing} of ${voters.total} voters ${agrees(missing, 'is', 'are')} missing.`
  const wanted = voters.needed - voters.answering
  if (leader !== null && wanted <= 0) {
    const detail =
      wanted === 0
        ? 'If one more stops, nothing can be changed until one of them is back. Reading goes on.'
        : `${counted(-wanted, 'more voter')} may stop before changes have to wait.`
    return [{ id: 'voters', tone: 'warn', symbol: 'half', title, detail }]
  }
  const names = members.filter((member) => member.role === 'voter' && member.health !== 'healthy').map((member) => member.name)
  const who = names.length === 0 ? 'them' : wanted < names.length ? listedAsChoice(names) : listed(names)
  const detail =
    wanted > 0
      ? `Nothing can be changed until ${wanted} more ${agrees(wanted, 'answers', 'answer')}: start ${who} again, or mend the network between them. Reading works, and nothing that was acknowledged is lost.`
      : 'Those that answer are choosing a leader; this usually takes about a second.'
  return [{ id: 'voters', tone: wanted > 0 ? 'bad' : 'warn', symbol: wanted > 0 ? 'x' : 'half', title, detail }]
}

/** One or two machines: what a third would bring. */
export const tooFew = ({ members, voters }: ClusterView): readonly Concern[] => {
  const [first] = members
  if (first !== undefined && members.length === 1) {
    const detail = 'A cluster of one works. With 3 machines it survives losing one.'
    return [{ id: 'few', tone: 'off', symbol: 'ring', title: `Only ${first.name} so far.`, detail }]
  }
  if (members.length !== 2) return []
  const title = voters.total === 2 ? '2 voters, and both are needed.' : '2 machines, and 1 of them votes.'
  const away = voters.total === 2 ? 'While one of them is away' : 'While the voter is away'
  const detail = `${away}, nothing can be changed. A third machine, however small, ends that; a Raspberry Pi will do.`
  return [{ id: 'few', tone: 'off', symbol: 'ring', title, detail }]
}
