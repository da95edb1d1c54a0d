import { describe, expect, test } from 'bun:test'
import { Fault, type PeerId } from '../../src/base/index.ts'
import { decode, encode } from '../../src/consensus/codec.ts'
import { defaultRules, type Rules } from '../../src/consensus/rules.ts'
import { type Consensus, createConsensus } from '../../src/consensus/runner.ts'
import type { Configuration } from '../../src/consensus/types.ts'
import { createDice } from '../support/dice.ts'
import { createNetwork } from '../support/memory-wire.ts'
import { createProcess, type Process } from '../support/process-clock.ts'
import { createSchedule } from '../support/schedule.ts'
import { a, b, c, d, three } from './member.ts'
import { createTinyDisk } from './tiny-disk.ts'

interface Node {
  readonly peer: PeerId
  readonly tiny: ReturnType<typeof createTinyDisk>
  consensus: Consensus
  process: Process
  readonly notes: string[]
}

/** A few runners on a fair network whose messages go through the wire form, on disks that take a fifth of a millisecond. */
const createTrio = (peers: readonly PeerId[] = [a, b, c], given: { rules?: Partial<Rules>; configuration?: Configuration } = {}) => {
  const schedule = createSchedule()
  const dice = createDice(1, 'trio')
  const carry = (message: Parameters<typeof encode>[0]) => {
    const carried = decode(encode(message))
    if (carried instanceof Fault) throw carried
    return carried
  }
  const network = createNetwork({ schedule, dice, carry })
  const rules = { ...defaultRules(() => null), ...given.rules }
  const nodes = new Map<PeerId, Node>()

  const start = (peer: PeerId): void => {
    const process = createProcess(schedule, { rate: 1, wallStartMs: 1_000_000 })
    const old = nodes.get(peer)
    const first = d === peer ? { voters: [], learners: [] } : (given.configuration ?? three)
    const tiny = old?.tiny ?? createTinyDisk(first, (act) => (nodes.get(peer)?.process ?? process).after(0.2, act))
    const { wire } = network.attach(peer, process.deliver)
    const notes = old?.notes ?? []
    const { clock } = process
    const consensus = createConsensus({
      self: peer,
      rules,
      disk: tiny.disk,
      wire,
      clock,
      random: dice.random,
      on: { note: (text) => notes.push(text) },
    })
    nodes.set(peer, { peer, tiny, consensus, process, notes })
    consensus.start()
  }
  const node = (peer: PeerId): Node => {
    const found = nodes.get(peer)
    if (found === undefined) throw new Error(`no ${peer}`)
    return found
  }
  for (const peer of peers) start(peer)

  const trio = {
    network,
    node,
    start,
    pass: (forMs: number) => schedule.run(schedule.nowMs + forMs),
    kill: (peer: PeerId) => {
      node(peer).process.kill()
      node(peer).consensus.stop()
      network.announceLoss(peer)
    },
    leader: (): Node => {
      const leading = [...nodes.values()].filter(({ consensus, process }) => process.alive && consensus.status().role === 'leader')
      const [first] = leading.sort((x, y) => y.consensus.status().term - x.consensus.status().term)
      if (first === undefined) throw new Error('nobody leads')
      return first
    },
    others: () => [...nodes.values()].filter(({ peer, process }) => process.alive && peer !== trio.leader().peer),
  }
  trio.pass(1_500)
  return trio
}

describe('three members', () => {
  test('elect one leader, and what is proposed to any of them is applied by all, once and in order', () => {
    const trio = createTrio()
    const [follower] = trio.others()
    expect(trio.leader().consensus.propose(['x'])).toBe(true)
    trio.pass(20)
    expect(follower?.consensus.propose(['y', 'z'])).toBe(true)
    trio.pass(300)
    for (const peer of [a, b, c]) expect(trio.node(peer).tiny.bodies).toEqual(['x', 'y', 'z'])
  })

  test('a forwarding member sees its own apply within a few message delays', () => {
    const trio = createTrio()
    const [follower] = trio.others()
    follower?.consensus.propose(['y'])
    trio.pass(12)
    expect(follower?.tiny.bodies).toEqual(['y'])
  })

  test('have a new leader a moment after the old one died, and lose nothing', () => {
    const trio = createTrio()
    const old = trio.leader()
    old.consensus.propose(['x'])
    trio.pass(20)
    trio.kill(old.peer)
    trio.pass(100)
    expect(trio.leader().peer).not.toBe(old.peer)
    trio.leader().consensus.propose(['y'])
    trio.start(old.peer)
    trio.pass(1_000)
    for (const peer of [a, b, c]) expect(trio.node(peer).tiny.bodies).toEqual(['x', 'y'])
  })

  test('refuse proposals while nobody leads', () => {
    const trio = createTrio()
    const [one, two] = trio.others()
    if (one) trio.kill(one.peer)
    if (two) trio.kill(two.peer)
    const last = trio.leader()
    trio.pass(1_500)
    expect(last.consensus.propose(['x'])).toBe(false)
    expect(last.consensus.status().leader).toBeNull()
  })

  test('strong reads: at the leader and at a follower, after what was written before; a Fault where nobody leads', () => {
    const trio = createTrio()
    const answers: (number | string)[] = []
    const done = (answer: number | Fault) => answers.push(answer instanceof Fault ? answer.code : answer)
    const leader = trio.leader()
    const [follower, other] = trio.others()
    leader.consensus.propose(['x'])
    trio.pass(20)
    const written = leader.consensus.status().commitIndex
    leader.consensus.readIndex(done)
    follower?.consensus.readIndex((answer) => {
      done(answer)
      expect(follower.tiny.bodies).toEqual(['x'])
    })
    trio.pass(30)
    expect(answers).toEqual([written, written])
    trio.kill(leader.peer)
    if (other) trio.kill(other.peer)
    follower?.consensus.readIndex(done)
    trio.pass(4_000)
    expect(answers.at(-1)).toBe('no-leader')
  })

  test('a read that lost its leader is asked of the next one', () => {
    const trio = createTrio()
    const [follower] = trio.others()
    let answer: number | Fault | undefined
    trio.kill(trio.leader().peer)
    follower?.consensus.readIndex((given) => {
      answer = given
    })
    trio.pass(1_000)
    expect(typeof answer).toBe('number')
  })

  test('hand leadership over', () => {
    const trio = createTrio()
    const old = trio.leader()
    const [next] = trio.others()
    const answers: unknown[] = []
    if (next) old.consensus.transfer(next.peer, (fault) => answers.push(fault))
    if (next) old.consensus.transfer(next.peer, (fault) => answers.push(fault?.code))
    trio.pass(100)
    expect(answers).toEqual(['busy', null])
    expect(trio.leader().peer).toBe(next?.peer as PeerId)
    const [third] = trio.others()
    third?.consensus.transfer(a, (fault) => answers.push(fault?.code))
    expect(answers.at(-1)).toBe('no-leader')
  })

  test('a leader whose disk is full hands on, and comes back as a follower', () => {
    const trio = createTrio()
    const old = trio.leader()
    old.tiny.full = true
    old.consensus.propose(['x'])
    trio.pass(300)
    expect(trio.leader().peer).not.toBe(old.peer)
    old.tiny.full = false
    trio.pass(600)
    expect(old.tiny.bodies).toEqual(trio.leader().tiny.bodies as string[])
  })

  test('rank decides who stands first', () => {
    const trio = createTrio()
    const old = trio.leader()
    const [one, two] = trio.others()
    if (one && two) old.consensus.setRanks({ [old.peer]: 0, [one.peer]: 2, [two.peer]: 1 }, [])
    trio.pass(300)
    trio.network.cut(old.peer, one?.peer ?? a)
    trio.network.cut(old.peer, two?.peer ?? a)
    trio.pass(1_400)
    expect(trio.leader().peer).toBe(two?.peer as PeerId)
  })

  test('who stands aside leads only as long as nobody else can', () => {
    const trio = createTrio()
    const old = trio.leader()
    old.consensus.setRanks({ [a]: 0, [b]: 1, [c]: 2 }, [old.peer])
    trio.pass(600)
    expect(trio.leader().peer).not.toBe(old.peer)
  })

  test('nothing is called back after the end', () => {
    const trio = createTrio()
    const leader = trio.leader()
    let called = false
    leader.consensus.readIndex(() => {
      called = true
    })
    leader.consensus.stop()
    trio.pass(5_000)
    expect(called).toBe(false)
    expect(leader.consensus.propose(['x'])).toBe(false)
  })
})

describe('a newcomer', () => {
  test('learns the log from a snapshot where it is compacted, then votes', () => {
    const trio = createTrio([a, b, c], { rules: { keepEntries: 5, chunkBytes: 50 } })
    const leader = trio.leader()
    for (let at = 0; at < 40; at++) {
      leader.consensus.propose([`value ${at}`])
      trio.pass(5)
    }
    trio.start(d)
    const answers: unknown[] = []
    leader.consensus.reconfigure({ voters: [a, b, c], learners: [d] }, (fault) => answers.push(fault))
    trio.pass(1_000)
    leader.consensus.reconfigure({ voters: [a, b, c, d], learners: [] }, (fault) => answers.push(fault))
    trio.pass(500)
    expect(answers).toEqual([null, null])
    expect(trio.node(d).tiny.bodies).toEqual(leader.tiny.bodies as string[])
    expect(trio.node(d).consensus.status().role).toBe('follower')
    expect(trio.node(d).tiny.loaded.base.index).toBeGreaterThan(0)
  })
})

describe('a cluster of one', () => {
  test('leads at once, applies, and grows', () => {
    const trio = createTrio([a], { configuration: { voters: [a], learners: [] } })
    expect(trio.leader().peer).toBe(a)
    trio.leader().consensus.propose(['x'])
    trio.pass(5)
    expect(trio.node(a).tiny.bodies).toEqual(['x'])
    trio.start(d)
    trio.leader().consensus.reconfigure({ voters: [a], learners: [d] }, () => {})
    trio.pass(300)
    expect(trio.node(d).tiny.bodies).toEqual(['x'])
  })
})
