import type { PeerId } from '../base/index.ts'
import type { Configuration } from '../consensus/index.ts'
export const nextConfiguration = (v: {
  members: readonly { peer: PeerId; zone: string | null; health: string; caughtUp: boolean }[]
  configuration: Configuration
  leader: PeerId
  nowMs: number
  lastChangeMs: number | null
  twoVoters: boolean
}): { configuration: Configuration | null; because: string; replaces: boolean } => {
  const { members, configuration: c } = v
  const missing = members.filter((m) => !c.voters.includes(m.peer) && !c.learners.includes(m.peer)).map((m) => m.peer)
  if (missing.length > 0)
    return {
      configuration: { voters: c.voters, learners: [...c.learners, ...missing] },
      because: 'new member',
      replaces: false,
    }
  const wanted = members.length >= 5 ? 5 : members.length >= 3 ? 3 : 1
  const ready = members.filter((m) => c.learners.includes(m.peer) && m.caughtUp && m.health === 'healthy')
  if (c.voters.length < wanted && ready.length >= (c.voters.length % 2 === 1 ? 2 : 1)) {
    const p = ready[0]?.peer as PeerId
    return {
      configuration: { voters: [...c.voters, p], learners: c.learners.filter((x) => x !== p) },
      because: 'more voters',
      replaces: false,
    }
  }
  return { configuration: null, because: '', replaces: false }
}
