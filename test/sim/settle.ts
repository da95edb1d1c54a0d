import { canonical, type PeerId } from '../../src/base/index.ts'
import { ask } from './clients.ts'
import type { Member } from './member.ts'
import { violated } from './violation.ts'
import type { World } from './world.ts'

/** After the last fault: so long may it take until somebody leads, every member gets a write through, and all have the same state. */
export const settleMs = 12_000

/** Members that take part: in the leader's configuration, running, not halted. */
const partaking = (world: World, except: readonly Member[]): Member[] => {
  const status = world.leader()?.running?.consensus.status()
  if (status === undefined) return []
  const { voters, learners } = status.configuration
  return world.members.filter((member) => !except.includes(member) && isPartOf(member, voters, learners))
}

const isPartOf = ({ peer, running }: Member, voters: readonly PeerId[], learners: readonly PeerId[]): boolean =>
  (voters.includes(peer) || learners.includes(peer)) && running !== null && running.consensus.status().haltedBecause === null

/** Runs until the cluster works and agrees, or is a violation of liveness. Everything must have healed, `except` for some. */
export const settle = (world: World, withinMs = settleMs, except: readonly Member[] = []): void => {
  const startMs = world.schedule.nowMs
  const deadline = startMs + withinMs
  const until = (what: string, holds: () => boolean, more = () => '') => {
    let looked = world.schedule.nowMs
    world.schedule.run(deadline, () => {
      if (world.schedule.nowMs - looked < 20) return false
      looked = world.schedule.nowMs
      return holds()
    })
    if (!holds()) violated('liveness', `${what} within ${withinMs} ms after the last fault${more()}: ${describe(world)}`)
  }

  until('no leader', () => world.leader() !== null)
  const asked = new Set<string>()
  const answered = new Set<string>()
  const probe = () => {
    const members = partaking(world, except)
    for (const member of members) {
      if (asked.has(member.peer)) continue
      asked.add(member.peer)
      const recorded = world.recorder.invoke(`probe-${member.peer}`, {
        kind: 'put',
        key: `probe/${member.peer}`,
        value: `alive-${startMs}`,
      })
      ask(member, { kind: 'put', key: `probe/${member.peer}`, value: `alive-${startMs}` }, (reply) => {
        if (reply !== null) recorded.answer(reply, world.judge.lineageOf(member.disk.image))
        // A refusal (its admission is still under way, a restart) is asked again.
        if (reply === null) world.schedule.after(300, () => asked.delete(member.peer))
        else answered.add(member.peer)
      })
    }
    return members.length > 0 && members.every(({ peer }) => answered.has(peer))
  }
  const silent = () => partaking(world, except).filter(({ peer }) => !answered.has(peer))
  until(
    'not every member got a write through',
    probe,
    () =>
      ` (${silent()
        .map(({ peer }) => peer)
        .join(' ')})`,
  )
  until('members do not agree', () => agreed(world, except))
}

const agreed = (world: World, except: readonly Member[]): boolean => {
  const members = partaking(world, except)
  const states = new Set(members.map(({ disk: { image } }) => `${image.appliedIndex} ${image.rows.fingerprint()}`))
  return members.length > 0 && states.size === 1
}

const describe = (world: World): string =>
  world.members
    .map(({ peer, running }) => {
      if (running === null) return `${peer} is down`
      const { role, term, leader, commitIndex, appliedIndex, lastIndex, configuration, haltedBecause } = running.consensus.status()
      return canonical({
        peer,
        role,
        term,
        leader,
        commitIndex,
        appliedIndex,
        lastIndex,
        voters: configuration.voters,
        learners: configuration.learners,
        haltedBecause,
      })
    })
    .join('\n  ')
