import { asPeerId, Fault, type PeerId, type Term } from '../../src/base/index.ts'
import type { Effect } from '../../src/consensus/effect.ts'
import { nextEntry, positionOf, positionZero } from '../../src/consensus/entry.ts'
import type { Happening } from '../../src/consensus/event.ts'
import type { Body, Message } from '../../src/consensus/messages.ts'
import type { Loaded, SnapshotOffer } from '../../src/consensus/ports.ts'
import { defaultRules, type Rules } from '../../src/consensus/rules.ts'
import { initialState, type State } from '../../src/consensus/state.ts'
import { step } from '../../src/consensus/step.ts'
import type { Configuration, Entry, Payload, Position, Promised, Takeover } from '../../src/consensus/types.ts'
import { wakeAtMs } from '../../src/consensus/wake.ts'
import { show } from './transcript.ts'

export const [a, b, c, d, e] = ['a', 'b', 'c', 'd', 'e'].map(asPeerId) as [PeerId, PeerId, PeerId, PeerId, PeerId]
export const three: Configuration = { voters: [a, b, c], learners: [] }
export const five: Configuration = { voters: [a, b, c, d, e], learners: [] }

/** A log whose entries have these terms, one after the other: `[1, 1, 2]`. A payload in place of a number has the term before it. */
export const logOf = (terms: readonly (number | Payload)[], behind: Position = positionZero): Entry[] => {
  const entries: Entry[] = []
  for (const each of terms) {
    const previous = entries.at(-1) ?? behind
    const term = (typeof each === 'number' ? each : Math.max(1, previous.term)) as Term
    const payload: Payload = typeof each === 'number' ? { kind: 'batch', body: `e${previous.index + 1}` } : each
    entries.push(nextEntry(previous, term, previous.index + 1, payload))
  }
  return entries
}

export const endOf = (entries: readonly Entry[]): Position => {
  const last = entries.at(-1)
  return last === undefined ? positionZero : positionOf(last)
}

export interface Given {
  readonly self?: PeerId
  readonly configuration?: Configuration
  readonly term?: number
  readonly votedFor?: PeerId | null
  readonly log?: readonly Entry[]
  readonly base?: { position: Position; stampMs: number }
  readonly applied?: number
  readonly incarnation?: number
  readonly promises?: Record<PeerId, Promised>
  readonly rules?: Partial<Rules>
  /** False: commits end only when the test says so. */
  readonly quickDisk?: boolean
  /** False: it must first prove its memory by hellos. */
  readonly admitted?: boolean
}

/** One member under test: `step` and nothing around it. Every act returns what the member did, as lines of a transcript. */
export const createMember = (given: Given = {}) => {
  const { self = a, configuration = three, term = 1, votedFor = null, log = [], applied = 0, incarnation = 1, promises = {} } = given
  const { quickDisk = true, admitted = true } = given
  const plain = defaultRules((takeover: Takeover) => (takeover.body === 'signed' ? null : new Fault('bad-signature', 'Not signed.')))
  const rules: Rules = { ...plain, ...given.rules }
  const loaded: Loaded = {
    ballot: { term: term as Term, votedFor },
    incarnation,
    base: given.base?.position ?? positionZero,
    baseStampMs: given.base?.stampMs ?? 0,
    baseConfiguration: configuration,
    entries: log,
    appliedIndex: Math.max(applied, given.base?.position.index ?? 0),
    promises,
    haltedBecause: null,
  }
  let state: State = initialState(self, loaded)
  let nowMs = 10_000
  let random = 0.5
  let wallMs = 1_000_000

  /** Steps, then flushes and (on a quick disk) ends commits until nothing is due. */
  const act = (happening: Happening): string[] => {
    const lines: string[] = []
    const queue: Happening[] = [happening]
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const stepped = step(rules, state, Object.assign({}, next, { nowMs, wallMs, random }))
      state = stepped.state
      for (const effect of stepped.effects) {
        lines.push(...show(effect))
        if (effect.kind === 'commit' && quickDisk) queue.push(committed(effect))
      }
      if (queue.length === 0 && state.flushDue) queue.push({ kind: 'flush' })
    }
    return lines
  }

  const member = {
    act,
    get state() {
      return state
    },
    get nowMs() {
      return nowMs
    },
    set random(value: number) {
      random = value
    },
    set wallMs(value: number) {
      wallMs = value
    },
    /** Time passes, and every timer that is due on the way fires at its instant. */
    wait: (forMs: number): string[] => {
      const untilMs = nowMs + forMs
      const lines: string[] = []
      for (let atMs = wakeAtMs(rules, state); atMs <= untilMs; atMs = wakeAtMs(rules, state)) {
        nowMs = Math.max(nowMs, atMs)
        lines.push(...act({ kind: 'tick' }))
      }
      nowMs = untilMs
      return lines
    },
    /** Time passes while this process stands still: the timers fire late, together. */
    stall: (forMs: number): string[] => {
      nowMs += forMs
      return act({ kind: 'tick' })
    },
    /** `from` says something, in our own term where none is given. */
    hear: (from: PeerId, body: Body, envelope: { term?: number; incarnation?: number; takeover?: Takeover } = {}): string[] => {
      const { incarnation: life = 1, takeover } = envelope
      const about = { term: (envelope.term ?? state.term) as Term, incarnation: life }
      const message: Message = takeover === undefined ? { ...body, ...about } : { ...body, ...about, takeover }
      return act({ kind: 'heard', from, message })
    },
    /** Ends the commit that runs. */
    commit: (): string[] => act(committed(running())),
    fail: (code = 'disk-full'): string[] => act({ kind: 'commit-failed', fault: new Fault(code, 'There is no room on the disk.') }),
    /** Becomes leader: stands and is given everybody's votes. */
    elect: (): string[] => {
      member.wait(Math.max(0, state.election.deadlineMs - nowMs))
      const { voters } = state.log.configuration
      for (const voter of voters) if (voter !== self) member.hear(voter, preGrant(state.term))
      const lines: string[] = []
      for (const voter of voters) if (voter !== self && state.role === 'candidate') lines.push(...member.hear(voter, grant(state.term)))
      return lines
    },
    /** `from` acknowledges everything this leader has, and the present round. */
    ack: (from: PeerId, matchIndex = state.log.lastIndex, over: Partial<Body & { kind: 'append-reply' }> = {}): string[] =>
      member.hear(from, ackOf(matchIndex, state.lead?.round ?? 0, state.term, over)),
    role: () => state.role,
  }

  const running = (): Effect & { kind: 'commit' } => {
    const work = state.saving.inFlight?.work
    if (work === undefined) throw new Error('no commit runs')
    return { kind: 'commit', work, wantsRoot: work.apply?.at(-1)?.payload.kind === 'mark' }
  }

  act({ kind: 'start' })
  if (admitted) state.admission.admitted = true
  if (admitted) state.admission.helloAtMs = Number.POSITIVE_INFINITY
  return member
}

const committed = ({ work, wantsRoot }: Effect & { kind: 'commit' }): Happening => ({
  kind: 'committed',
  outcome: { results: (work.apply ?? []).map((entry) => entry.index), ...(work.exportAndWipe ? { exportedTo: 'left-behind.jsonl' } : {}) },
  root: wantsRoot ? rootAt(work.apply?.at(-1)?.index ?? 0) : null,
})

export const rootAt = (index: number) => `${index}`.padStart(64, '0') as Entry['hash']

export const shows = (term: number, over: Partial<Promised> = {}): Promised => ({
  incarnation: 1,
  term: term as Term,
  voted: true,
  lastTerm: term as Term,
  lastIndex: 1_000,
  ...over,
})

export const vote = (last: { index: number; term: number }, over: Partial<Body & { kind: 'vote' }> = {}): Body => ({
  kind: 'vote',
  pre: false,
  last: { index: last.index, term: last.term as Term },
  transfer: false,
  ...over,
})

export const grant = (term: number): Body => ({ kind: 'vote-reply', pre: false, granted: true, promised: shows(term) })
export const preGrant = (term: number): Body => ({ kind: 'vote-reply', pre: true, granted: true, promised: shows(term) })

export const append = (entries: readonly Entry[], over: Partial<Body & { kind: 'append' }> = {}): Body => ({
  kind: 'append',
  previous: positionZero,
  entries,
  commitIndex: 0,
  round: 1,
  ranks: {},
  promises: {},
  ...over,
})

export const ackOf = (matchIndex: number, round: number, term: number, over: Partial<Body & { kind: 'append-reply' }> = {}): Body => ({
  kind: 'append-reply',
  ok: true,
  matchIndex,
  refusedIndex: 0,
  round,
  counts: true,
  promised: shows(term),
  ...over,
})

export const refusal = (refusedIndex: number, hint: number, term: number): Body =>
  ackOf(hint, 0, term, { ok: false, refusedIndex, promised: shows(term) })

export const offerAt = (position: Position, configuration: Configuration, sizeBytes = 10): SnapshotOffer => ({
  id: 'f'.repeat(64),
  position,
  stampMs: position.index,
  configuration,
  sizeBytes,
  root: rootAt(position.index),
})
