import { settle } from '../settle.ts'
import { at } from '../stage.ts'
import type { Scenario } from './scenario.ts'

export const memory: readonly Scenario[] = [
  {
    // The write is on the leader and on the voter that will forget it; the third heard of it only in heartbeats.
    name: 'a restored disk may not vote away what it acknowledged',
    options: { machines: 3 },
    act: (stage) => {
      const { world } = stage
      const { network } = world
      const leader = stage.leader()
      const [forgetful, witness] = stage.others(leader)
      if (forgetful === undefined || witness === undefined) return
      stage.write(leader, 'a/x', 'before')
      stage.run(500)
      const picture = forgetful.disk.backup()
      network.block((_from, to, message) => to === witness.peer && message.kind === 'append' && message.entries.length > 0)
      stage.write(leader, 'a/x', 'acknowledged by two')
      stage.run(700)
      world.crash(leader.peer)
      world.crash(forgetful.peer)
      network.block(null)
      forgetful.disk.rollback(picture)
      forgetful.amnesiac = true
      world.judge.forget(forgetful.peer)
      world.start(forgetful.peer)
      stage.run(4_000)
      stage.expect(
        'a lost memory is noticed',
        `${forgetful.peer} takes part again`,
        forgetful.running?.consensus.status().role === 'halted',
      )
      world.start(leader.peer)
      settle(world, undefined, [forgetful])
    },
  },
  {
    // The backup is older than the last restart: the count of openings goes back with the disk.
    name: 'a disk restored over a restart is noticed too',
    options: { machines: 3 },
    act: (stage) => {
      const { world } = stage
      const leader = stage.leader([at(stage, 0)])
      const [forgetful] = stage.others(leader)
      if (forgetful === undefined) return
      const picture = forgetful.disk.backup()
      world.crash(forgetful.peer)
      stage.run(300)
      world.start(forgetful.peer)
      stage.run(300)
      for (let write = 0; write < 5; write++) stage.write(leader, 'a/x', `acknowledged ${write}`)
      stage.run(700)
      world.crash(forgetful.peer)
      forgetful.disk.rollback(picture)
      forgetful.amnesiac = true
      world.judge.forget(forgetful.peer)
      world.start(forgetful.peer)
      stage.run(3_000)
      stage.expect(
        'a lost memory is noticed',
        `${forgetful.peer} takes part again`,
        forgetful.running?.consensus.status().role === 'halted',
      )
      settle(world, undefined, [forgetful])
    },
  },
  {
    name: 'everybody loses power again and again',
    options: { machines: 3, limits: { keepEntries: 8 } },
    act: (stage) => {
      const { world } = stage
      for (let outage = 0; outage < 12; outage++) {
        const leader = stage.leader()
        for (let write = 0; write < 6; write++) stage.ask(leader, { kind: 'put', key: `a/${write % 3}`, value: `${outage}/${write}` })
        stage.run(outage * 1.5)
        for (const { peer } of world.members) world.crash(peer)
        stage.run(50)
        for (const { peer } of world.members) world.start(peer)
      }
      settle(world)
      stage.read(stage.leader(), 'a/0')
      stage.run(200)
    },
  },
]
