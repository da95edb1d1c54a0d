import { member as memberRow } from '../../src/ledger/index.ts'
import type { Dice } from '../support/dice.ts'
import { signedTakeover } from './cluster-keys.ts'
import type { Member } from './member.ts'
import type { Operator } from './operator.ts'
import type { World } from './world.ts'

/** Names `survivors` the new voters, on top of the log `at` one of them, else the longest; the others become learners when they come back. */
export const nameNewVoters = (world: World, survivors: readonly Member[], id: string, at?: Member): void => {
  const running = survivors.filter((member) => member.running !== null)
  const first = at ?? running.reduce<Member | null>((best, member) => (best === null || isFurther(member, best) ? member : best), null)
  if (first === null || first.running === null) return
  const { consensus, process } = first.running
  // The master names members only: a stranger's acts would all be refused, also that of letting itself in.
  const voters = running.map(({ peer }) => peer).filter((peer) => memberRow(first.disk.image.rows, peer) !== undefined)
  const learners = world.members.filter(({ peer, amnesiac }) => !voters.includes(peer) && !amnesiac).map(({ peer }) => peer)
  process.deliver(() => {
    const base = lastPosition(first)
    world.trace.say(first.peer, `takes over with ${voters.join(' ')}, on top of entry ${base.index}`)
    consensus.takeover(signedTakeover({ id, base, configuration: { voters, learners } }), (fault) => {
      world.trace.say(first.peer, fault === null ? 'took over' : `could not take over: ${fault.message}`)
    })
  })
}

const lastPosition = ({ disk: { image } }: Member) => {
  const last = image.entries.at(-1)
  return last === undefined ? image.base : { index: last.index, term: last.term, hash: last.hash }
}

const isFurther = (one: Member, other: Member): boolean => {
  const [a, b] = [lastPosition(one), lastPosition(other)]
  return a.term > b.term || (a.term === b.term && a.index > b.index)
}

/** Cuts a minority off, gives the rest up for lost, lets the minority take over, and some time later the others come back. */
export const takeOver = (hands: {
  readonly world: World
  readonly dice: Dice
  readonly operator: Operator
  readonly later: (delayMs: number, act: () => void) => void
}): void => {
  const { world, dice, operator, later } = hands
  const sound = dice.shuffled(world.members.filter(({ running, amnesiac }) => running !== null && !amnesiac))
  const known = sound.filter(({ disk, peer }) => memberRow(disk.image.rows, peer) !== undefined)
  const survivors = known.slice(0, dice.between(1, Math.max(1, Math.floor(known.length / 2))))
  const others = world.members.filter((member) => !survivors.includes(member))
  if (survivors.length === 0) return
  const forMs = dice.within(1_500, 4_000)
  world.trace.say('world', `cuts ${survivors.map(({ peer }) => peer).join(' ')} off; they give the others up for lost`)
  world.counts.partitions++
  const each = (act: (a: Member, b: Member) => void) => {
    for (const a of survivors)
      for (const b of others) {
        act(a, b)
        act(b, a)
      }
  }
  each((a, b) => world.network.cut(a.peer, b.peer))
  later(dice.within(200, 1_200), () => {
    nameNewVoters(world, survivors, `rescue-${world.schedule.acts}`)
    operator.want(
      survivors.map(({ peer }) => peer),
      others.filter(({ amnesiac }) => !amnesiac).map(({ peer }) => peer),
    )
    // Once the others are back, a cluster of its former size again.
    later(forMs, () => {
      each((a, b) => world.network.mend(a.peer, b.peer))
      const all = [...survivors, ...others.filter(({ amnesiac }) => !amnesiac)].map(({ peer }) => peer)
      const count = all.length >= 5 ? 5 : all.length >= 3 ? 3 : 1
      operator.want(all.slice(0, count), all.slice(count))
    })
  })
}
