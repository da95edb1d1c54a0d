import { type PeerId, showTerm, type Term } from '../../src/base/index.ts'
import { decode, encode, type Message, type Rules } from '../../src/consensus/index.ts'
import { createDice, type Dice } from '../support/dice.ts'
import { createNetwork, fairWeather, type Network } from '../support/memory-wire.ts'
import { createSchedule, type Schedule } from '../support/schedule.ts'
import { founder, peerAt, startWallMs } from './cluster-keys.ts'
import { type Counts, noCounts } from './counts.ts'
import { effectsOf } from './effects.ts'
import { grownImage } from './grown.ts'
import { createJudge, type Judge } from './judge/judge.ts'
import { createMember, type Member } from './member.ts'
import { createRecorder, type Recorder } from './recorder.ts'
import { createTrace, type Trace } from './trace.ts'
import { violated } from './violation.ts'

/** What a world is made of. */
export interface WorldOptions {
  readonly seed: number
  readonly machines: number
  /** The first configuration; 1 means that the cluster was just founded. */
  readonly voters: number
  readonly rules: Rules
  readonly clockSpread: number
  /** Messages travel as bytes. */
  readonly asBytes?: boolean
  /** Members with sound disks may halt too (two take-overs of one epoch). */
  readonly mayHalt?: boolean
}

/** A cluster in a bottle: machines, their network, one clock over all, and a judge that sees everything. */
export interface World {
  readonly schedule: Schedule
  readonly dice: Dice
  readonly network: Network
  readonly judge: Judge
  readonly counts: Counts
  readonly trace: Trace
  readonly recorder: Recorder
  readonly members: readonly Member[]
  member(peer: PeerId): Member
  start(peer: PeerId): void
  crash(peer: PeerId): void
  pause(peer: PeerId, forMs: number): void
  /** Who leads the highest term, among those that run and are awake. */
  leader(): Member | null
  /** Ends all faults until then; what the fault plan wants meanwhile does not happen. */
  calm(untilMs: number): void
  readonly calmUntilMs: number
  /** Ends all faults of network, disks and processes; starts whoever may still run. */
  heal(): void
}

export const createWorld = (options: WorldOptions): World => {
  const { seed, machines, rules, clockSpread } = options
  const schedule = createSchedule()
  const dice = createDice(seed, 'world')
  const counts = noCounts()
  const trace = createTrace(() => schedule.nowMs)
  const recorder = createRecorder(() => schedule.nowMs)
  const judge = createJudge(counts, effectsOf)
  const byPeer = new Map<PeerId, Member>()

  const network = createNetwork({
    schedule,
    dice: createDice(seed, 'network'),
    ...(options.asBytes ? { carry: throughBytes } : {}),
    watcher: {
      sent: (from, to, message) => {
        trace.message(from, to, message)
        const { disk } = member(from)
        judge.sent(from, to, message, disk.durable, disk.image)
      },
    },
  })

  const voters = Array.from({ length: options.voters }, (_, at) => peerAt(at))
  const grown = options.voters > 1 ? grownImage(voters) : null
  const clockDice = createDice(seed, 'clocks')
  for (let at = 0; at < machines; at++) {
    const peer = peerAt(at)
    const isFirst = voters.includes(peer)
    byPeer.set(
      peer,
      createMember({
        peer,
        rules,
        schedule,
        dice: createDice(seed, `member-${peer}`),
        network,
        watcher: judge.watch(peer),
        firstConfiguration: { voters: isFirst && options.voters === 1 ? [founder] : [], learners: [] },
        firstImage: isFirst ? grown : null,
        clock: {
          rate: 1 + clockDice.within(-clockSpread, clockSpread),
          wallStartMs: startWallMs + (clockSpread === 0 ? 0 : clockDice.between(-600_000, 600_000)),
        },
        told: {
          leads: (who, term, image) => {
            trace.say(who, `leads term ${showTerm(term)}`)
            judge.leads(who, term, image)
          },
          note: (who, text) => trace.say(who, text),
          halted: (who, because) => {
            counts.halts++
            trace.say(who, `HALTED: ${because}`)
            if (!member(who).amnesiac && !options.mayHalt) violated('nobody halts without cause', `${who} halted: ${because}`)
          },
        },
      }),
    )
  }

  const member = (peer: PeerId): Member => {
    const found = byPeer.get(peer)
    if (found === undefined) throw new Error(`there is no member ${peer}`)
    return found
  }
  const members = [...byPeer.values()]
  let calmUntilMs = 0
  const mend = () => {
    network.mendAll()
    for (const one of members) {
      one.disk.faults.full = false
      one.disk.faults.delayMs = quickDisk(dice)
      one.disk.snapshots.faults.rotChance = 0
      one.running?.process.wake()
      world.start(one.peer)
    }
  }

  const world: World = {
    schedule,
    dice,
    network,
    judge,
    counts,
    trace,
    recorder,
    members,
    member,
    start: (peer) => {
      if (member(peer).running !== null || member(peer).lost) return
      trace.say(peer, 'starts')
      judge.restarted(peer, member(peer).disk.durable)
      member(peer).start()
    },
    crash: (peer) => {
      if (member(peer).running === null) return
      trace.say(peer, 'crashes')
      counts.crashes++
      member(peer).crash()
      network.announceLoss(peer)
    },
    pause: (peer, forMs) => {
      trace.say(peer, `is paused for ${Math.round(forMs)} ms`)
      counts.pauses++
      member(peer).running?.process.pause(forMs)
    },
    leader: () => {
      let best: { member: Member; term: Term } | null = null
      for (const one of members) {
        if (one.running === null || one.running.process.paused) continue
        const { role, term } = one.running.consensus.status()
        if (role === 'leader' && (best === null || term > best.term)) best = { member: one, term }
      }
      return best?.member ?? null
    },
    calm: (untilMs) => {
      calmUntilMs = untilMs
      mend()
    },
    get calmUntilMs() {
      return calmUntilMs
    },
    heal: () => {
      trace.say('world', 'everything heals')
      Object.assign(network.weather, { ...fairWeather(), delayMs: [0.3, 3] })
      mend()
    },
  }
  for (const one of members) one.disk.faults.delayMs = quickDisk(dice)
  return world
}

/** A message as the other side reads it. What one of us writes the other must understand. */
const throughBytes = (message: Message): Message => {
  const read = decode(encode(message))
  if (read instanceof Error) throw read
  return read
}

/** A good disk: a fifth of a millisecond for an fsync, now and then a few. */
export const quickDisk =
  (dice: Dice) =>
  (durable: boolean): number =>
    durable ? (dice.chance(0.05) ? dice.within(2, 12) : dice.within(0.15, 0.6)) : dice.within(0.02, 0.2)
