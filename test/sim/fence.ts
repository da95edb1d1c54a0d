import type { World } from './world.ts'

/**
 * Leaders give commands that take their time on the way. A member obeys only the leader of exactly the term that its own Raft knows
 * (design, section 7, fencing); the judge sees that nobody ever obeys below the highest term it has seen.
 */
export const startCommands = (world: World): { stop(): void } => {
  const dice = world.dice.fork('commands')
  let going = true
  const round = () => {
    if (!going) return
    for (const { peer, running } of world.members) {
      if (running === null || running.process.paused) continue
      const { role, term } = running.consensus.status()
      if (role !== 'leader') continue
      const target = dice.some(world.members)
      if (target === undefined) continue
      world.schedule.after(dice.within(1, 900), () => {
        const there = target.running
        there?.process.deliver(() => {
          const status = there.consensus.status()
          if (status.term === term && status.leader === peer) world.judge.executed(target.peer, term)
        })
      })
    }
    world.schedule.after(dice.within(50, 250), round)
  }
  world.schedule.after(dice.within(50, 250), round)
  return {
    stop: () => {
      going = false
    },
  }
}
