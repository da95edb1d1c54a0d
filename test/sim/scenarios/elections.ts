import { settle } from '../settle.ts'
import { at } from '../stage.ts'
import type { Scenario } from './scenario.ts'

/** Ranks all members in order and sets some aside (weight 0), through whoever leads. */
const setAside = (stage: Parameters<Scenario['act']>[0], aside: readonly number[]) => {
  const { members } = stage.world
  const ranks = Object.fromEntries(members.map(({ peer }, rank) => [peer, rank]))
  const standsAside = aside.map((number) => at(stage, number).peer)
  const { running } = stage.leader()
  running?.process.deliver(() => running.consensus.setRanks(ranks, standsAside))
  // Everybody hears of ranks with the heartbeats.
  stage.run(600)
}

export const elections: readonly Scenario[] = [
  {
    name: 'only weight-0 voters live',
    options: { machines: 3 },
    act: (stage) => {
      stage.leader()
      setAside(stage, [1, 2])
      stage.world.crash(at(stage, 0).peer)
      settle(stage.world, 5_000, [at(stage, 0)])
    },
  },
  {
    name: 'only the lowest-ranked majority lives',
    options: { machines: 5, voters: 5 },
    act: (stage) => {
      stage.leader()
      setAside(stage, [])
      for (const number of [0, 1]) stage.world.crash(at(stage, number).peer)
      settle(stage.world, 5_000, [at(stage, 0), at(stage, 1)])
    },
  },
  {
    name: 'a weight-0 voter with the newest log hands over',
    options: { machines: 3 },
    act: (stage) => {
      stage.leader([at(stage, 0)])
      setAside(stage, [1])
      const [first, aside, third] = [at(stage, 0), at(stage, 1), at(stage, 2)]
      stage.split([third], [first, aside])
      stage.write(first, 'a/x', 'only two have it')
      stage.world.crash(first.peer)
      stage.run(1_500)
      stage.join()
      const handsOver = () => stage.world.leader() === third
      stage.until('handing over by the member set aside', handsOver, 6_000)
      settle(stage.world, 5_000, [first])
    },
  },
  {
    name: "the leader's disk is full",
    options: { machines: 3 },
    act: (stage) => {
      const full = stage.leader()
      full.disk.faults.full = true
      const others = stage.others(full)
      stage.until('another leader', () => stage.world.leader() !== null && stage.world.leader() !== full, 6_000)
      for (const [number, member] of others.entries()) stage.write(member, 'a/x', `without ${full.peer} ${number}`)
      full.disk.faults.full = false
      settle(stage.world)
    },
  },
  {
    name: "the leader's disk takes three seconds",
    options: { machines: 3 },
    act: (stage) => {
      const slow = stage.leader()
      slow.disk.faults.delayMs = () => 3_000
      const [one] = stage.others(slow)
      if (one === undefined) return
      stage.write(one, 'a/x', 'the others are quick enough')
      stage.until('another leader', () => stage.world.leader() !== null && stage.world.leader() !== slow, 5_000)
      stage.write(one, 'a/x', 'without it')
      slow.disk.faults.delayMs = () => 0.3
      settle(stage.world)
    },
  },
  {
    name: 'a voter that lost its network comes back quietly',
    options: { machines: 3 },
    act: (stage) => {
      const leader = stage.leader()
      stage.run(500)
      const [away] = stage.others(leader)
      if (away === undefined) return
      const before = leader.running?.consensus.status()
      for (const wanted of ['once', 'twice']) {
        stage.split([away], stage.others(away))
        stage.run(4_000)
        stage.write(leader, 'a/x', wanted)
        stage.join()
        stage.run(1_500)
      }
      const after = leader.running?.consensus.status()
      stage.expect(
        'no disturbance',
        `${away.peer} came back and ended term ${before?.term}`,
        after?.role === 'leader' && after.term === before?.term,
      )
    },
  },
  {
    name: 'a dead leader is replaced within a quarter of a second',
    options: { machines: 3 },
    act: (stage) => {
      const dead = stage.leader()
      stage.run(1_000)
      const [one] = stage.others(dead)
      stage.world.crash(dead.peer)
      if (one === undefined) return
      const answer = stage.ask(one, { kind: 'put', key: 'a/x', value: 'after the crash' })
      stage.until('a write after the crash', () => answer() !== null, 250)
    },
  },
  {
    // A follower has an entry of the new leader and does not know yet that it is committed, when an entry of the old one arrives for its place.
    name: 'a message of an older term arrives late',
    options: { machines: 3 },
    act: (stage) => {
      const { network } = stage.world
      const old = stage.leader()
      stage.run(500)
      Object.assign(network.weather, { straggleChance: 1, straggleMs: [1_500, 1_501] })
      stage.ask(old, { kind: 'put', key: 'a/x', value: 'of the old term' })
      stage.run(3)
      Object.assign(network.weather, { straggleChance: 0 })
      old.running?.process.pause(5_000)
      const next = stage.leader(stage.others(old))
      const { lastIndex } = next.running?.consensus.status() ?? { lastIndex: 0 }
      network.block((from, _to, message) => from === next.peer && message.kind === 'append' && message.commitIndex > lastIndex)
      stage.write(next, 'a/x', 'of the new term')
      stage.run(700)
      network.block(null)
      stage.run(3_000)
      settle(stage.world)
    },
  },
]
