import type { PeerId } from '../../src/base/index.ts'
import type { Dice } from '../support/dice.ts'
import type { Image } from '../support/disk-image.ts'
import type { Member } from './member.ts'
import type { Operator } from './operator.ts'
import type { World } from './world.ts'

/** How long the others live on undisturbed before the forgetful one comes back: longer than they keep a promise from their disks. */
const witnessMs = 2_600

/**
 * Puts one voter's disk back to an earlier picture of itself. As src/consensus/amnesia.ts says, that is noticed when somebody who remembers
 * its promises answers: so the others are up and connected while they write down what they know, and one of them leads.
 */
export const rollBack = (hands: {
  readonly world: World
  readonly dice: Dice
  readonly operator: Operator
  readonly later: (delayMs: number, act: () => void) => void
}): void => {
  const { world, dice, operator, later } = hands
  const leader = world.leader()
  const victim = dice.some(world.members.filter((member) => member !== leader && member.running !== null && canSpare(world, member)))
  if (victim === undefined) return
  const picture = victim.disk.backup()
  later(dice.within(300, 2_000), () => {
    if (victim.running === null || world.leader() === victim || !canSpare(world, victim)) return
    world.trace.say(victim.peer, 'will lose its memory')
    operator.hold(true)
    world.crash(victim.peer)
    victim.lost = true
    world.calm(world.schedule.nowMs + witnessMs)
    world.schedule.after(witnessMs, () => {
      victim.lost = false
      if (canSpare(world, victim)) forget(world, operator, victim, picture)
      operator.hold(false)
      world.start(victim.peer)
    })
  })
}

/** Without it the others still have a majority, whatever becomes of it. */
const canSpare = (world: World, { peer }: Member): boolean => {
  const voters = world.leader()?.running?.consensus.status().configuration.voters ?? []
  return voters.length >= 3 && voters.includes(peer)
}

const forget = (world: World, operator: Operator, victim: Member, picture: Image) => {
  world.trace.say(victim.peer, `comes back as it was at entry ${picture.base.index + picture.entries.length}`)
  world.counts.rollbacks++
  victim.disk.rollback(picture)
  victim.amnesiac = true
  world.judge.forget(victim.peer)
  const others = (peers: readonly PeerId[]) => peers.filter((peer) => peer !== victim.peer)
  operator.want(others(operator.wanted.voters), others(operator.wanted.learners))
}
