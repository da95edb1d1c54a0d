import type { Member } from '../member.ts'
import { settle } from '../settle.ts'
import { at } from '../stage.ts'
import type { Scenario } from './scenario.ts'

const termOf = ({ disk }: Member) => disk.image.ballot.term

export const logs: readonly Scenario[] = [
  {
    // Figure 8 of the Raft paper: an entry of an older term on a majority may still be replaced; only an entry of the leader's own term commits it.
    name: 'an older term is not committed by counting',
    options: { machines: 5, voters: 5, limits: { appendEntriesMax: 1 } },
    act: (stage) => {
      const { world } = stage
      const { network } = world
      // Its entry of the first term is on two of five.
      const first = stage.leader()
      stage.run(600)
      const [second, ...three] = stage.others(first)
      if (second === undefined) return
      stage.split([first, second], three)
      stage.ask(first, { kind: 'put', key: 'a/x', value: 'of the first term' })
      stage.run(30)
      const firstTerm = termOf(first)
      for (const { peer } of [first, second]) world.crash(peer)
      // The leader of the next term has an entry of its own there, alone.
      network.block((_from, _to, message) => message.kind === 'append' && message.entries.length > 0)
      const rival = stage.leader(three)
      stage.run(30)
      world.crash(rival.peer)
      // One of the first two leads again and brings the old entry to a majority, but nothing of its own term.
      network.block((_from, to, message) => {
        if (message.kind !== 'append' || message.entries.every(({ term }) => term <= firstTerm)) return false
        const { base, entries } = world.member(to).disk.image
        return message.previous.index <= base.index + entries.length
      })
      stage.join()
      for (const { peer } of [first, second]) world.start(peer)
      stage.leader([first, second])
      stage.run(600)
      // The rival's last term is newer than what the others have: only it can be elected, and it replaces the old entry.
      for (const { peer } of [first, second]) world.crash(peer)
      network.block(null)
      world.start(rival.peer)
      stage.leader([rival])
      stage.run(300)
      for (const { peer } of [first, second]) world.start(peer)
      settle(world)
    },
  },
  {
    name: 'a leader counts itself when it has saved',
    options: { machines: 3 },
    act: (stage) => {
      const { world } = stage
      const leader = stage.leader()
      const [one, other] = stage.others(leader)
      if (one === undefined || other === undefined) return
      stage.run(500)
      world.network.block((_from, to, message) => to === other.peer && message.kind === 'append' && message.entries.length > 0)
      leader.disk.faults.delayMs = () => 800
      stage.ask(one, { kind: 'put', key: 'a/x', value: 'saved by one of three' })
      stage.run(400)
      // Its write does not reach the disk any more.
      leader.disk.faults.full = true
      for (const { peer } of [leader, one]) world.crash(peer)
      leader.disk.faults.full = false
      leader.disk.faults.delayMs = () => 0.3
      world.network.block(null)
      world.start(leader.peer)
      stage.write(stage.leader([leader, other]), 'a/y', 'without the one that saved')
      world.start(one.peer)
      settle(world)
    },
  },
  {
    name: 'a strong read at a leader that was cut off',
    options: { machines: 3 },
    act: (stage) => {
      const old = stage.leader()
      stage.write(old, 'a/x', 'old')
      const [one, other] = stage.others(old)
      if (one === undefined || other === undefined) return
      stage.split([old], [one, other])
      // The others stand aside of the old leader's patience: it still believes that it leads when they have elected another.
      old.running?.process.pause(1_700)
      stage.leader([one, other])
      stage.write(one, 'a/x', 'new')
      stage.read(old, 'a/x')
      stage.run(2_000)
      stage.join()
      settle(stage.world)
    },
  },
  {
    name: 'a strong read at a leader that has committed nothing yet',
    options: { machines: 3 },
    act: (stage) => {
      const old = stage.leader()
      stage.run(500)
      const [next, last] = stage.others(old)
      if (next === undefined || last === undefined) return
      // The write is answered at the leader; nobody else hears that it is committed.
      const answer = stage.ask(old, { kind: 'put', key: 'a/x', value: 'committed' })
      stage.until('the write', () => answer() !== null)
      stage.world.crash(old.peer)
      const leader = () => stage.world.leader()
      stage.until('the next leader', () => leader() !== null, 3_000)
      const fresh = leader()
      if (fresh !== null) stage.read(fresh, 'a/x')
      stage.run(1_000)
      stage.world.start(old.peer)
      settle(stage.world)
    },
  },
  {
    name: 'learners are in no majority',
    options: { machines: 5, voters: 3 },
    act: (stage) => {
      const leader = stage.leader()
      const learners = [at(stage, 3), at(stage, 4)]
      const voters = [0, 1, 2].map((number) => at(stage, number))
      stage.admit(...learners.map(({ peer }) => peer))
      stage.reconfigure({ voters: voters.map(({ peer }) => peer), learners: learners.map(({ peer }) => peer) })
      stage.run(1_000)
      const others = voters.filter((member) => member !== leader)
      stage.split([leader, ...learners], others)
      stage.ask(leader, { kind: 'put', key: 'a/x', value: 'with learners only' })
      stage.run(700)
      const next = stage.leader(others)
      stage.write(next, 'a/x', 'with voters')
      stage.run(500)
      stage.join()
      settle(stage.world)
    },
  },
  {
    name: 'a change of members counts from the moment it is in the log',
    options: { machines: 5, voters: 4 },
    act: (stage) => {
      const leader = stage.leader()
      stage.run(500)
      const [one, two, three] = stage.others(leader, at(stage, 4))
      const fifth = at(stage, 4)
      if (one === undefined || two === undefined || three === undefined) return
      stage.admit(fifth.peer)
      const voters = [leader, one, two, three].map(({ peer }) => peer)
      stage.reconfigure({ voters, learners: [fifth.peer] })
      stage.run(1_000)
      // Five voters from now on. Three of five make a majority; the two that have not heard of it must not make one of three of four.
      stage.split([leader, one, fifth], [two, three])
      const { running } = leader
      running?.process.deliver(() => running.consensus.reconfigure({ voters: [...voters, fifth.peer], learners: [] }, () => undefined))
      stage.run(300)
      stage.write(leader, 'a/x', 'three of five')
      stage.split([leader], stage.others(leader))
      stage.run(2_500)
      stage.join()
      settle(stage.world)
    },
  },
  {
    name: 'a change of members that is truncated is taken back',
    options: { machines: 5, voters: 4 },
    act: (stage) => {
      const leader = stage.leader()
      const fifth = at(stage, 4)
      const others = stage.others(leader, fifth)
      const voters = [leader, ...others].map(({ peer }) => peer)
      stage.admit(fifth.peer)
      stage.reconfigure({ voters, learners: [fifth.peer] })
      stage.run(1_000)
      // Only the old leader ever has the entry that names a fifth voter.
      stage.split([leader], stage.others(leader))
      const { running } = leader
      running?.process.deliver(() => running.consensus.reconfigure({ voters: [...voters, fifth.peer], learners: [] }, () => undefined))
      stage.run(200)
      const next = stage.leader(others)
      stage.write(next, 'a/x', 'without it')
      stage.join()
      stage.run(1_000)
      const names = leader.running?.consensus.status().configuration.voters ?? []
      stage.expect('log matching', `${leader.peer} still counts ${fifth.peer}`, !names.includes(fifth.peer))
      settle(stage.world)
    },
  },
  {
    name: 'a snapshot arrives in pieces, through crashes of both sides',
    options: { machines: 3, limits: { keepEntries: 8, chunkBytes: 300 } },
    act: (stage) => {
      const leader = stage.leader()
      const [behind] = stage.others(leader)
      if (behind === undefined) return
      stage.world.crash(behind.peer)
      for (let write = 0; write < 40; write++) stage.write(leader, `a/${write % 20}`, `value ${write}`)
      const before = stage.world.counts.snapshotsInstalled
      for (let attempt = 0; attempt < 4; attempt++) {
        stage.world.start(behind.peer)
        stage.run(9)
        stage.world.crash(behind.peer)
      }
      stage.world.start(behind.peer)
      stage.run(8)
      stage.world.crash(leader.peer)
      stage.run(1_000)
      stage.world.start(leader.peer)
      settle(stage.world)
      stage.expect('liveness', 'no snapshot was installed', stage.world.counts.snapshotsInstalled > before)
    },
  },
  {
    name: 'a late piece of an old snapshot changes nothing',
    options: { machines: 3, limits: { keepEntries: 8, chunkBytes: 100_000 } },
    act: (stage) => {
      const leader = stage.leader()
      const [behind] = stage.others(leader)
      if (behind === undefined) return
      const { weather } = stage.world.network
      stage.world.crash(behind.peer)
      for (let write = 0; write < 20; write++) stage.write(leader, `a/${write % 10}`, `value ${write}`)
      // Every message comes twice, the second time much later.
      Object.assign(weather, { duplicateChance: 1, straggleChance: 0.5, straggleMs: [300, 900] })
      stage.world.start(behind.peer)
      stage.run(500)
      for (let write = 0; write < 30; write++) {
        stage.ask(leader, { kind: 'put', key: `a/${write % 10}`, value: `later ${write}` })
        stage.run(60)
      }
      Object.assign(weather, { duplicateChance: 0, straggleChance: 0 })
      settle(stage.world)
    },
  },
]
