import type { Clock, Fault, PeerId, Random } from '../base/index.ts'
import { carryOut } from './carry-out.ts'
import type { Effect } from './effect.ts'
import type { Happening } from './event.ts'
import { acceptsProposals } from './lead.ts'
import { createPending } from './pending.ts'
import type { Disk, Wire } from './ports.ts'
import { asideRank } from './roles.ts'
import type { Rules } from './rules.ts'
import { initialState } from './state.ts'
import { leadershipOf, statusOf } from './status.ts'
import { step } from './step.ts'
import type { Applied, Configuration, Entry, LogIndex, Status, Takeover } from './types.ts'
import { wakeAtMs } from './wake.ts'

/** What happens to a running member; each is called outside of the protocol's own steps. */
export interface Listeners {
  /** Committed entries were applied, in order; one result each. */
  applied(entries: readonly Entry[], results: readonly Applied[]): void
  /** A snapshot replaced the state (index 0: it was wiped for a take-over); entries up to `index` are not reported one by one. */
  installed(index: LogIndex): void
  /** Leader, term or role changed. */
  leader(status: Status): void
  halted(because: string): void
  /** What only this node had was exported to this file before its state was replaced (take-over). */
  exported(file: string): void
  /** A sentence for the log. */
  note(text: string): void
}

export interface ConsensusOptions {
  readonly self: PeerId
  readonly rules: Rules
  readonly disk: Disk
  readonly wire: Wire
  readonly clock: Clock
  readonly random: Random
  readonly on: Partial<Listeners>
}

/** One running member. Nothing here waits: results come through callbacks, each called once, unless the member is stopped before. */
export interface Consensus {
  /** Of this life: grows with every start, and is never the same twice, even where the disk was put back to an earlier state. */
  readonly incarnation: number
  start(): void
  /** Nothing is called back any more. A commit that runs may still end on the disk. */
  stop(): void
  status(): Status
  /** Given to the leader, here or over the wire; false when there is none or it takes none now. True promises nothing: watch `applied`. */
  propose(bodies: readonly string[]): boolean
  /** An index that this node has applied and that makes a strong read strong; a Fault `no-leader` after `withinMs` (3 s). */
  readIndex(done: (result: LogIndex | Fault) => void, withinMs?: number): void
  /** Only on the leader. Null when `to` leads. */
  transfer(to: PeerId, done: (fault: Fault | null) => void): void
  /** Only on the leader; one voter more or less at a time. Null when committed. */
  reconfigure(configuration: Configuration, done: (fault: Fault | null) => void): void
  /** Only on the leader: the order in which voters stand (0 first); those in `standsAside` stand last and hand leadership on. */
  setRanks(ranks: Readonly<Record<PeerId, number>>, standsAside: readonly PeerId[]): void
  /** Appends a signed take-over on this surviving member. Null when appended; who leads then is up to the new electorate. */
  takeover(takeover: Takeover, done: (fault: Fault | null) => void): void
}

/** A member of the cluster: the pure core between its disk, its wire and its clock. Reads the disk at once; does nothing before `start`. */
export const createConsensus = ({ self, rules, disk, wire, clock, random, on }: ConsensusOptions): Consensus => {
  const loaded = disk.load()
  const incarnation = loaded.incarnation * livesPerOpening + Math.floor(random() * livesPerOpening)
  let state = initialState(self, { ...loaded, incarnation })
  let running = false
  let draining = false
  let flushing = false
  let timer: { atMs: number; cancel: () => void } | null = null
  let announced = ''
  const queue: Happening[] = []
  const leave: (() => void)[] = []

  const feed = (happening: Happening): void => {
    if (!running) return
    queue.push(happening)
    if (draining) return
    draining = true
    try {
      for (let next = queue.shift(); next !== undefined && running; next = queue.shift()) turn(next)
    } finally {
      draining = false
    }
    settle()
  }

  const turn = (happening: Happening): void => {
    const event = Object.assign(happening, { nowMs: clock.nowMs(), wallMs: clock.wallMs(), random: random() })
    const stepped = step(rules, state, event)
    state = stepped.state
    const speaks = stepped.effects.some((effect) => effect.kind === 'send')
    for (const effect of stepped.effects) if (running) (effect.kind === 'commit' && speaks ? performSoon : perform)(effect)
  }

  /** A commit may hold up this process until it is on disk: what was said in the same turn leaves first, and others write meanwhile. */
  const performSoon = (effect: Effect): void => clock.soon(() => running && perform(effect))

  const pending = createPending({ clock, feed, incarnation, state: () => state })

  const perform = (effect: Effect): void => {
    carryOut(effect, { disk, wire, feed, alive: () => running })
    switch (effect.kind) {
      case 'applied':
        pending.applied(state.appliedIndex)
        on.applied?.(effect.entries, effect.results)
        break
      case 'installed':
        pending.applied(effect.index)
        on.installed?.(effect.index)
        break
      case 'halt':
        on.halted?.(effect.because)
        break
      case 'exported':
        on.exported?.(effect.file)
        break
      case 'note':
        on.note?.(effect.text)
        break
      default:
        pending.answered(effect)
        break
    }
  }

  /** After everything that was queued: announce, arm the timer, and ask for a flush where something waits for it. */
  const settle = (): void => {
    if (!running) return
    const { leader, term } = leadershipOf(state)
    const now = `${leader} ${term} ${state.role} ${state.haltedBecause ?? ''}`
    if (now !== announced) {
      announced = now
      pending.led(leader)
      on.leader?.(statusOf(state, clock.nowMs()))
    }
    if (state.flushDue && !flushing) {
      flushing = true
      clock.soon(() => {
        flushing = false
        feed({ kind: 'flush' })
      })
    }
    arm()
  }

  const arm = (): void => {
    if (!running) return
    const atMs = wakeAtMs(rules, state)
    if (atMs === Number.POSITIVE_INFINITY || (timer !== null && timer.atMs <= atMs)) return
    timer?.cancel()
    const cancel = clock.after(Math.max(timerMsMin, atMs - clock.nowMs()), () => {
      timer = null
      feed({ kind: 'tick' })
    })
    timer = { atMs, cancel }
  }

  return {
    incarnation,
    start: () => {
      if (running) return
      running = true
      leave.push(
        wire.onHeard((from, message) => feed({ kind: 'heard', from, message })),
        wire.onLost((peer) => feed({ kind: 'lost', peer })),
      )
      feed({ kind: 'start' })
      if (loaded.haltedBecause !== null) on.halted?.(loaded.haltedBecause)
    },
    stop: () => {
      running = false
      timer?.cancel()
      timer = null
      queue.length = 0
      pending.stop()
      for (const off of leave.splice(0)) off()
    },
    status: () => statusOf(state, clock.nowMs()),
    propose: (bodies) => {
      if (!running || (state.lead === null ? state.leader === null : !acceptsProposals(rules, state))) return false
      feed({ kind: 'propose', bodies })
      return true
    },
    readIndex: (done, withinMs = 3000) => pending.read(done, withinMs),
    transfer: (to, done) => pending.transfer(to, done),
    reconfigure: (configuration, done) => pending.reconfigure(configuration, done),
    setRanks: (ranks, standsAside) => {
      const aside = Object.fromEntries(standsAside.map((peer) => [peer, asideRank + (ranks[peer] ?? 0)]))
      feed({ kind: 'ranks', ranks: { ...ranks, ...aside } })
    },
    takeover: (takeover, done) => pending.takeover(takeover, done),
  }
}

/** A life's number is the disk's count of openings and a random part: a restored disk counts to the same number again. */
const livesPerOpening = 2 ** 21
/** Clocks round: a timer that fires a hair early must not be set again for no time at all. */
const timerMsMin = 0.05
