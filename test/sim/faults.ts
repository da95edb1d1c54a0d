import type { PeerId } from '../../src/base/index.ts'
import type { Dice } from '../support/dice.ts'
import type { Member } from './member.ts'
import type { Operator } from './operator.ts'
import type { FaultKind, Plan } from './plan.ts'
import { rollBack } from './rollback.ts'
import { takeOver } from './take-over.ts'
import { quickDisk, type World } from './world.ts'

/** What a fault may touch. */
interface Hands {
  readonly world: World
  readonly dice: Dice
  readonly operator: Operator
  readonly later: (delayMs: number, act: () => void) => void
  readonly done: Set<string>
}

/** Lets the plan's faults happen at random instants until `stop`. */
export const startFaults = (world: World, plan: Plan, operator: Operator): { stop(): void } => {
  const dice = world.dice.fork('faults')
  let going = true
  const hands: Hands = {
    world,
    dice,
    operator,
    // What ends a fault does not happen after everything healed.
    later: (delayMs, act) => world.schedule.after(delayMs, () => going && act()),
    done: new Set(),
  }
  const next = () => {
    if (!going) return
    const kind = dice.some(plan.faults)
    if (kind !== undefined && world.schedule.nowMs >= world.calmUntilMs) acts[kind](hands)
    world.schedule.after(dice.within(...plan.faultEveryMs), next)
  }
  world.schedule.after(dice.within(...plan.faultEveryMs), next)
  return {
    stop: () => {
      going = false
    },
  }
}

const up = ({ world }: Hands) => world.members.filter(({ running }) => running !== null)

/** The leader half of the time: a fault there matters most. */
const victim = (hands: Hands): Member | undefined => {
  const leader = hands.world.leader()
  return leader !== null && hands.dice.chance(0.5) ? leader : hands.dice.some(up(hands))
}

const crashFor = (hands: Hands, member: Member, forMs: number) => {
  hands.world.crash(member.peer)
  hands.later(forMs, () => hands.world.start(member.peer))
}

const cut = ({ world, later }: Hands, pairs: readonly (readonly [PeerId, PeerId])[], forMs: number) => {
  world.counts.partitions++
  world.trace.say('world', `cuts ${pairs.map(([from, to]) => `${from}>${to}`).join(' ')} for ${Math.round(forMs)} ms`)
  for (const [from, to] of pairs) world.network.cut(from, to)
  later(forMs, () => {
    for (const [from, to] of pairs) world.network.mend(from, to)
  })
}

const between = (some: readonly Member[], others: readonly Member[]) =>
  some.flatMap((a) => others.flatMap((b) => (a === b ? [] : [[a.peer, b.peer] as const, [b.peer, a.peer] as const])))

const acts: Readonly<Record<FaultKind, (hands: Hands) => void>> = {
  crash: (hands) => {
    const member = victim(hands)
    if (member !== undefined) crashFor(hands, member, hands.dice.within(20, 2_000))
  },
  'crash-many': (hands) => {
    const all = up(hands)
    for (const member of hands.dice.shuffled(all).slice(0, hands.dice.between(2, Math.max(2, all.length))))
      crashFor(hands, member, hands.dice.within(20, 1_500))
  },
  pause: (hands) => {
    const member = victim(hands)
    if (member !== undefined) hands.world.pause(member.peer, hands.dice.chance(0.3) ? 5_000 : hands.dice.within(50, 2_000))
  },
  partition: (hands) => {
    const { world, dice } = hands
    const mixed = dice.shuffled(world.members)
    const size = dice.between(1, Math.max(1, mixed.length - 1))
    cut(hands, between(mixed.slice(0, size), mixed.slice(size)), dice.within(200, 3_500))
  },
  isolate: (hands) => {
    const member = victim(hands)
    if (member !== undefined) cut(hands, between([member], hands.world.members), hands.dice.within(200, 3_000))
  },
  // The leader sleeps while it is cut off, and wakes before its network comes back: it still believes that it leads.
  strand: (hands) => {
    const { world, dice } = hands
    const member = world.leader() ?? victim(hands)
    if (member === undefined) return
    const forMs = dice.within(900, 2_200)
    world.pause(member.peer, forMs)
    cut(hands, between([member], world.members), forMs + dice.within(50, 900))
  },
  'one-way': (hands) => {
    const { world, dice } = hands
    const member = victim(hands)
    if (member === undefined) return
    const others = dice.shuffled(world.members.filter((other) => other !== member)).slice(0, dice.between(1, world.members.length))
    const inward = dice.chance(0.5)
    cut(
      hands,
      others.map((other) => (inward ? ([other.peer, member.peer] as const) : ([member.peer, other.peer] as const))),
      dice.within(200, 3_000),
    )
  },
  'slow-disk': (hands) => {
    const { world, dice, later } = hands
    const member = victim(hands)
    if (member === undefined) return
    const high = dice.pick([30, 300, 2_500])
    world.counts.diskFaults++
    world.trace.say(member.peer, `has a disk that takes up to ${high} ms`)
    member.disk.faults.delayMs = (durable) => dice.within(0, durable ? high : high / 5)
    later(dice.within(200, 3_000), () => {
      member.disk.faults.delayMs = quickDisk(dice)
    })
  },
  'full-disk': (hands) => {
    const { world, dice, later } = hands
    const member = victim(hands)
    if (member === undefined) return
    world.counts.diskFaults++
    world.trace.say(member.peer, 'has a full disk')
    member.disk.faults.full = true
    later(dice.within(200, 3_000), () => {
      member.disk.faults.full = false
    })
  },
  // Pieces of its snapshots are read wrong, and noticed when they are put together.
  'rotten-disk': ({ world, dice, later }) => {
    const member = dice.some(world.members)
    if (member === undefined) return
    world.counts.diskFaults++
    member.disk.snapshots.faults.rotChance = dice.pick([0.05, 0.5])
    later(dice.within(200, 3_000), () => {
      member.disk.snapshots.faults.rotChance = 0
    })
  },
  'set-clock': ({ world, dice }) => {
    const member = dice.some(world.members)
    if (member === undefined) return
    const byMs = dice.pick([-7_200_000, -3_000, -20, 50, 4_000, 7_200_000])
    world.trace.say(member.peer, `has its clock set by ${byMs} ms`)
    member.clock.wallStartMs += byMs
  },
  transfer: ({ world, dice }) => {
    const leader = world.leader()
    const running = leader?.running
    if (leader === null || running === undefined || running === null) return
    const to = dice.some(running.consensus.status().configuration.voters.filter((peer) => peer !== leader.peer))
    if (to === undefined) return
    world.trace.say(leader.peer, `is asked to hand over to ${to}`)
    running.process.deliver(() =>
      running.consensus.transfer(to, (fault) => {
        if (fault === null) world.counts.transfers++
      }),
    )
  },
  ranks: (hands) => {
    const { world, dice } = hands
    const mixed = dice.shuffled(world.members)
    const ranks = Object.fromEntries(mixed.map(({ peer }, at) => [peer, at]))
    const aside = mixed.map(({ peer }) => peer).filter(() => dice.chance(0.25))
    world.trace.say('world', `ranks ${mixed.map(({ peer }) => peer).join(' ')}, aside ${aside.join(' ')}`)
    // The policy runs on every member; only a leader's ranks matter.
    for (const { running } of world.members) running?.process.deliver(() => running.consensus.setRanks(ranks, aside))
  },
  reconfigure: ({ world, dice, operator }) => {
    const sound = dice.shuffled(world.members.filter(({ amnesiac }) => !amnesiac)).map(({ peer }) => peer)
    const count = Math.min(sound.length, dice.pick([1, 2, 3, 3, 3, 5]))
    // With two voters or fewer one loss stops everything, for good if it is a lost memory.
    operator.want(sound.slice(0, count), sound.slice(count, count + dice.between(0, sound.length)))
  },
  rollback: (hands) => {
    // One of the two in a run: whom a take-over gave up for lost must not be whom the others need to remember.
    if (hands.done.size > 0) return
    hands.done.add('rollback')
    rollBack(hands)
  },
  takeover: (hands) => {
    if (hands.done.size > 0 || hands.world.schedule.nowMs < 1_500) return
    hands.done.add('takeover')
    takeOver(hands)
  },
}
