import type { PeerId } from '../../src/base/index.ts'
import type { Configuration } from '../../src/consensus/types.ts'
import { member as memberRow } from '../../src/ledger/index.ts'
import { admission } from './cluster-keys.ts'
import type { Member } from './member.ts'
import type { World } from './world.ts'

/** Works towards the members somebody wants, one step at a time, through whoever leads. */
export interface Operator {
  /** Voters wanted; every other machine of `learners` is wanted as a learner, the rest not at all. */
  want(voters: readonly PeerId[], learners: readonly PeerId[]): void
  readonly wanted: { readonly voters: readonly PeerId[]; readonly learners: readonly PeerId[] }
  /** Changes nothing until told to go on. */
  hold(still: boolean): void
  /** True when the leader's configuration is the wanted one. */
  satisfied(): boolean
  stop(): void
}

const everyMs = 200
/** A learner this close behind the leader may become a voter. */
const caughtUpEntries = 4

export const startOperator = (world: World, first: Operator['wanted']): Operator => {
  let wanted = first
  let going = true
  let held = false

  const step = () => {
    if (!going) return
    const leader = world.leader()
    if (leader !== null && !held) nudge(leader)
    world.schedule.after(everyMs, step)
  }

  const nudge = (leader: Member) => {
    const { running, disk } = leader
    if (running === null) return
    const { configuration, peers, commitIndex } = running.consensus.status()
    const missing = [...wanted.voters, ...wanted.learners].find((peer) => memberRow(disk.image.rows, peer) === undefined)
    if (missing !== undefined) {
      running.process.deliver(() => running.author.submit(admission(missing), () => undefined))
      return
    }
    const caughtUp = (peer: PeerId) => (peers[peer]?.matchIndex ?? 0) >= commitIndex - caughtUpEntries
    const lastToGo = (peer: PeerId) => (world.member(peer).amnesiac ? 0 : peer === leader.peer ? 2 : 1)
    const next = nextConfiguration(configuration, wanted, caughtUp, lastToGo)
    if (next === null) return
    running.process.deliver(() => {
      world.trace.say(leader.peer, `is asked for voters ${next.voters.join(' ')}, learners ${next.learners.join(' ')}`)
      running.consensus.reconfigure(next, () => undefined)
    })
  }

  world.schedule.after(everyMs, step)
  return {
    want: (voters, learners) => {
      wanted = { voters, learners: learners.filter((peer) => !voters.includes(peer)) }
      world.trace.say('world', `wants voters ${voters.join(' ')}, learners ${wanted.learners.join(' ')}`)
    },
    get wanted() {
      return wanted
    },
    hold: (still) => {
      held = still
    },
    satisfied: () => {
      const status = world.leader()?.running?.consensus.status()
      if (status === undefined) return false
      const { voters, learners } = status.configuration
      return sameSet(voters, wanted.voters) && sameSet(learners, wanted.learners)
    },
    stop: () => {
      going = false
    },
  }
}

const sameSet = (a: readonly PeerId[], b: readonly PeerId[]) => a.length === b.length && a.every((each) => b.includes(each))

/** The one next change: learners first, then voters one at a time; who can never answer again goes first, the leader itself last. */
const nextConfiguration = (
  now: Configuration,
  wanted: Operator['wanted'],
  caughtUp: (peer: PeerId) => boolean,
  lastToGo: (peer: PeerId) => number,
): Configuration | null => {
  const { voters, learners } = now
  const promoted = wanted.voters.find((peer) => learners.includes(peer) && caughtUp(peer))
  if (promoted !== undefined) return { voters: [...voters, promoted], learners: learners.filter((peer) => peer !== promoted) }
  const fresh = [...wanted.voters, ...wanted.learners].find((peer) => !voters.includes(peer) && !learners.includes(peer))
  if (fresh !== undefined) return { voters, learners: [...learners, fresh] }
  const unwanted = learners.find((peer) => !wanted.voters.includes(peer) && !wanted.learners.includes(peer))
  if (unwanted !== undefined) return { voters, learners: learners.filter((peer) => peer !== unwanted) }
  // Nobody leaves before those who are to stay are in: a cluster never shrinks below what is wanted.
  if (!wanted.voters.every((peer) => voters.includes(peer))) return null
  const [leaving] = voters.filter((peer) => !wanted.voters.includes(peer)).sort((a, b) => lastToGo(a) - lastToGo(b))
  if (leaving === undefined || voters.length === 1) return null
  const stays = wanted.learners.includes(leaving)
  return { voters: voters.filter((peer) => peer !== leaving), learners: stays ? [...learners, leaving] : learners }
}
