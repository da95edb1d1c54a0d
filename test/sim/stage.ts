import type { PeerId } from '../../src/base/index.ts'
import type { Configuration } from '../../src/consensus/types.ts'
import type { Reply, Request } from '../support/history.ts'
import { ask } from './clients.ts'
import { admission, peerAt } from './cluster-keys.ts'
import type { Member } from './member.ts'
import { ordinary, rulesFor } from './rules.ts'
import { type Property, violated } from './violation.ts'
import { createWorld, type World, type WorldOptions } from './world.ts'

/** A world for a directed run, with words for what such runs do. */
export interface Stage {
  readonly world: World
  /** Runs until `holds`; breaks `property` when it does not in time. */
  until(what: string, holds: () => boolean, withinMs?: number, property?: Property): void
  run(forMs: number): void
  /** Waits for a leader (one of `among`, where given) and gives it. */
  leader(among?: readonly Member[]): Member
  /** One operation, recorded; the function returned tells its answer so far. */
  ask(member: Member, request: Request): () => Reply | null
  /** A write at `member` that must be answered. */
  write(member: Member, key: string, value: string): void
  read(member: Member, key: string): () => Reply | null
  /** Makes the leader change who counts, and waits until that is committed. */
  reconfigure(configuration: Configuration): void
  admit(...peers: readonly PeerId[]): void
  split(some: readonly Member[], others: readonly Member[]): void
  join(): void
  others(...members: readonly Member[]): Member[]
  expect(property: Property, what: string, holds: boolean): void
}

export interface StageOptions extends Partial<Omit<WorldOptions, 'rules'>> {
  readonly limits?: Partial<typeof ordinary>
}

/** Builds the world and starts all machines. */
export const createStage = ({ limits, ...options }: StageOptions): Stage => {
  const world = createWorld({ seed: 1, machines: 3, voters: 3, clockSpread: 0, ...options, rules: rulesFor({ ...ordinary, ...limits }) })
  const { schedule, recorder, judge, members, network } = world
  for (const { peer } of members) world.start(peer)

  const stage: Stage = {
    world,
    until: (what, holds, withinMs = 6_000, property = 'liveness') => {
      schedule.run(schedule.nowMs + withinMs, holds)
      if (!holds()) violated(property, `${what} did not happen within ${withinMs} ms`)
    },
    run: (forMs) => schedule.run(schedule.nowMs + forMs),
    leader: (among = members) => {
      const leading = () => {
        const leader = world.leader()
        return leader !== null && among.includes(leader) && leader.running?.consensus.status().leader === leader.peer ? leader : null
      }
      stage.until('a leader', () => leading() !== null)
      const found = leading()
      if (found === null) throw new Error('a leader was there and is not')
      return found
    },
    ask: (member, request) => {
      const asked = recorder.invoke(`directed-${recorder.history().length}`, request)
      let answer: Reply | null = null
      ask(member, request, (reply) => {
        answer = reply
        if (reply !== null) asked.answer(reply, judge.lineageOf(member.disk.image))
      })
      return () => answer
    },
    write: (member, key, value) => {
      const answer = stage.ask(member, { kind: 'put', key, value })
      stage.until(`the write of ${key} at ${member.peer}`, () => answer() !== null)
    },
    read: (member, key) => stage.ask(member, { kind: 'get', key }),
    reconfigure: (configuration) => {
      let ended = false
      const { running } = stage.leader()
      running?.process.deliver(() =>
        running.consensus.reconfigure(configuration, (fault) => {
          if (fault !== null) throw fault
          ended = true
        }),
      )
      stage.until('the change of members', () => ended)
    },
    admit: (...peers) => {
      let ended = false
      stage.leader().running?.author.submit(peers.flatMap(admission), () => {
        ended = true
      })
      stage.until('the admission', () => ended)
    },
    split: (some, others) => {
      world.trace.say('world', `splits ${some.map(({ peer }) => peer).join(' ')} from ${others.map(({ peer }) => peer).join(' ')}`)
      for (const a of some)
        for (const b of others) {
          network.cut(a.peer, b.peer)
          network.cut(b.peer, a.peer)
        }
    },
    join: () => network.mendAll(),
    others: (...some) => members.filter((member) => !some.includes(member)),
    expect: (property, what, holds) => {
      if (!holds) violated(property, what)
    },
  }
  return stage
}

/** The members of a stage by number, from 0. */
export const at = (stage: Stage, number: number): Member => stage.world.member(peerAt(number))
