import { epochOf } from '../../../src/base/index.ts'
import type { Member } from '../member.ts'
import { settle } from '../settle.ts'
import { at } from '../stage.ts'
import { nameNewVoters } from '../take-over.ts'
import type { Scenario } from './scenario.ts'

export const takeOvers: readonly Scenario[] = [
  {
    name: 'the other side of a take-over exports, wipes and learns',
    options: { machines: 5, voters: 5 },
    act: (stage) => {
      const { world } = stage
      const leader = stage.leader()
      stage.write(leader, 'a/x', 'both sides have it')
      stage.run(500)
      const minority = stage.others(leader).slice(0, 2)
      const majority = stage.others(...minority)
      stage.split(minority, majority)
      stage.write(leader, 'a/x', 'only the majority has it')
      stage.run(1_500)
      nameNewVoters(world, minority, 'rescue')
      const next = stage.leader(minority)
      stage.write(next, 'a/y', 'after the take-over')
      stage.join()
      settle(world)
      stage.expect('liveness', 'nobody exported what only it had', world.counts.wipes >= 1)
      const first = minority[0] as Member
      for (const member of majority)
        stage.expect(
          'equal roots at equal index',
          `${member.peer} kept its own history`,
          member.disk.image.rows.root() === first.disk.image.rows.root(),
        )
    },
  },
  {
    name: 'two take-overs of one epoch halt both',
    options: { machines: 6, voters: 6, mayHalt: true },
    act: (stage) => {
      const { world } = stage
      stage.write(stage.leader(), 'a/x', 'before')
      stage.run(500)
      const [one, other] = [
        [at(stage, 0), at(stage, 1), at(stage, 2)],
        [at(stage, 3), at(stage, 4), at(stage, 5)],
      ] as const
      stage.split(one, other)
      stage.run(2_500)
      nameNewVoters(world, one, 'left')
      nameNewVoters(world, other, 'right')
      stage.leader(one)
      stage.write(one[0], 'a/x', 'left')
      stage.write(other[0], 'a/x', 'right')
      stage.join()
      stage.run(8_000)
      const answers = world.members.map((member) => stage.ask(member, { kind: 'put', key: 'a/x', value: `still writes ${member.peer}` }))
      stage.run(3_000)
      stage.expect('two take-overs halt both', 'somebody still leads', world.leader() === null)
      stage.expect(
        'two take-overs halt both',
        'somebody still writes',
        answers.every((answer) => answer() === null),
      )
      for (const side of [one, other])
        stage.expect(
          'two take-overs halt both',
          'one side goes on',
          side.some(({ running }) => running?.consensus.status().role === 'halted'),
        )
    },
  },
  {
    name: 'a take-over of voters that were not lost is obeyed by them',
    options: { machines: 5, voters: 5 },
    act: (stage) => {
      const { world } = stage
      const leader = stage.leader()
      stage.run(500)
      const [alone] = stage.others(leader)
      if (alone === undefined) return
      // The operator names the living leader too, without knowing that it lives.
      stage.split([alone], stage.others(alone))
      stage.run(1_500)
      nameNewVoters(world, [alone, leader], 'rescue', alone)
      stage.run(500)
      stage.join()
      settle(world)
    },
  },
  {
    // The losing side hears of the new epoch, and its leader is gone before it can bring its log.
    name: 'nobody leads in an epoch without the take-over that opened it',
    options: { machines: 5, voters: 5 },
    act: (stage) => {
      const { world } = stage
      const leader = stage.leader()
      stage.write(leader, 'a/x', 'both sides have it')
      stage.run(500)
      const minority = stage.others(leader).slice(0, 2)
      const majority = stage.others(...minority)
      stage.split(minority, majority)
      stage.run(1_500)
      nameNewVoters(world, minority, 'rescue')
      const next = stage.leader(minority)
      stage.write(next, 'a/y', 'after the take-over')
      stage.join()
      const heard = (member: Member) => epochOf(member.disk.durable.ballot.term) === 1
      stage.until('the losing side hears of it', () => majority.every(heard))
      for (const { peer } of minority) world.crash(peer)
      stage.run(4_000)
      for (const { peer } of minority) world.start(peer)
      settle(world)
    },
  },
]
