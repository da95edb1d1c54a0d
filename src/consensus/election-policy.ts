import type { PeerId } from '../base/index.ts'

export interface TransferRules {
  /** How far ahead another voter must be, and for how long without a break. */
  readonly margin: number
  readonly heldMs: number
  /** How long a leader leads at least. */
  readonly tenureMs: number
  readonly transfersAnHourMax: number
}

export const transferRulesDefault: TransferRules = { margin: 0.15, heldMs: 60_000, tenureMs: 120_000, transfersAnHourMax: 3 }

/** What the policy remembers between two looks; plain data, given back each time. All instants are of one clock. */
export interface TransferMemory {
  readonly leadsSinceMs: number
  /** When leadership was moved by this policy in the last hour, by whatever leader. */
  readonly transfersAtMs: readonly number[]
  /** Since when each voter is ahead by the margin without a break. */
  readonly aheadSinceMs: Readonly<Record<PeerId, number>>
  readonly lookedAtMs: number | null
  /** Last time a leader that stands aside tried to hand over. */
  readonly asideAtMs: number | null
}

export interface Rival {
  readonly peer: PeerId
  readonly name: string
  readonly score: number | null
  readonly healthy: boolean
  /** Its log is as long as the leader's. */
  readonly caughtUp: boolean
  readonly weightZero: boolean
}

/** What the leader sees now. `rivals` are the other voters, never learners. */
export interface TransferView {
  readonly self: { readonly name: string; readonly score: number | null; readonly weightZero: boolean }
  readonly rivals: readonly Rival[]
  /** "a deployment" or "a ceremony" while one runs: leadership stays where it is. */
  readonly busyWith: string | null
}

/** `because` ends the sentence "NAME leads since …, because …" on a transfer, and stands after "it stays:" otherwise. */
export type TransferDecision =
  | { readonly transferTo: PeerId; readonly stay: false; readonly because: string; readonly memory: TransferMemory }
  | { readonly transferTo: null; readonly stay: true; readonly because: string; readonly memory: TransferMemory }

/** The memory of a leader that has just been elected; `transfersAtMs` are the cluster's own of the last hour, so that the budget outlives leaders. */
export const beginTenure = (nowMs: number, transfersAtMs: readonly number[] = []): TransferMemory => ({
  leadsSinceMs: nowMs,
  transfersAtMs,
  aheadSinceMs: {},
  lookedAtMs: null,
  asideAtMs: null,
})

const hourMs = 3_600_000
/** Between two looks further apart than this (a pause of the machine) nobody has watched: being ahead starts anew. */
const lookGapMsMax = 10_000
/** A leader that stands aside tries again after this, if a hand-over failed. */
const asidePauseMs = 10_000

/**
 * Whether the leader should hand over now, and why or why not. Look about once a second and keep the memory. A decision to transfer
 * counts against the budget whether or not the transfer then works.
 */
export const considerTransfer = (
  memory: TransferMemory,
  view: TransferView,
  nowMs: number,
  rules: TransferRules = transferRulesDefault,
): TransferDecision => {
  const looked = look(memory, view, nowMs, rules)
  const stay = (because: string): TransferDecision => ({ transferTo: null, stay: true, because, memory: looked })
  if (view.rivals.length === 0) return stay('it is the only voter')
  if (view.busyWith !== null) return stay(`${view.busyWith} is running`)
  const willing = view.rivals
    .filter(({ weightZero }) => !weightZero)
    .sort((a, b) => (b.score ?? -1) - (a.score ?? -1) || (a.peer < b.peer ? -1 : 1))
  if (view.self.weightZero) return standAside(looked, view, willing, nowMs)
  const { score } = view.self
  const best = willing.find((rival) => rival.score !== null)
  if (score === null || best === undefined)
    return stay(willing.length === 0 ? 'all other voters stand aside' : 'the scores are not known yet')
  const heldMs = ({ peer }: Rival) => nowMs - (looked.aheadSinceMs[peer] ?? nowMs)
  const chosen = willing.find((rival) => rival.caughtUp && looked.aheadSinceMs[rival.peer] !== undefined && heldMs(rival) >= rules.heldMs)
  if (chosen === undefined) return stay(notAhead(best, score, heldMs(best), looked, rules))
  const lead = `${chosen.name} is ${difference(chosen, score)} ahead`
  const tenureMs = nowMs - memory.leadsSinceMs
  if (tenureMs < rules.tenureMs)
    return stay(`${lead}, and leadership moves after ${seconds(rules.tenureMs)} at the earliest; this leader has ${seconds(tenureMs)}`)
  if (looked.transfersAtMs.length >= rules.transfersAnHourMax)
    return stay(`${lead}, and leadership has moved ${looked.transfersAtMs.length} times in the last hour`)
  return {
    transferTo: chosen.peer,
    stay: false,
    because: becauseElected({ how: 'merit', former: view.self.name, ahead: difference(chosen, score), heldMs: rules.heldMs }),
    memory: { ...looked, transfersAtMs: [...looked.transfersAtMs, nowMs], aheadSinceMs: {} },
  }
}

/** Brings the memory up to now: old transfers forgotten, voters that fell back or stopped answering start anew. */
const look = (memory: TransferMemory, { self, rivals }: TransferView, nowMs: number, rules: TransferRules): TransferMemory => {
  const watched = memory.lookedAtMs !== null && nowMs - memory.lookedAtMs <= lookGapMsMax
  const ahead = rivals.filter(
    ({ score, healthy, weightZero }) =>
      healthy && !weightZero && score !== null && self.score !== null && score - self.score >= rules.margin - 1e-9,
  )
  return {
    ...memory,
    lookedAtMs: nowMs,
    transfersAtMs: memory.transfersAtMs.filter((atMs) => atMs > nowMs - hourMs),
    aheadSinceMs: Object.fromEntries(ahead.map(({ peer }) => [peer, (watched ? memory.aheadSinceMs[peer] : undefined) ?? nowMs])),
  }
}

/** Weight 0 leads only as long as nobody else can: to the best that can, without waiting, and outside of the budget. */
const standAside = (memory: TransferMemory, view: TransferView, willing: readonly Rival[], nowMs: number): TransferDecision => {
  const stay = (because: string): TransferDecision => ({ transferTo: null, stay: true, because, memory })
  if (willing.length === 0) return stay('it should stand aside, and so should all others')
  const able = willing.find(({ healthy, caughtUp }) => healthy && caughtUp)
  if (able === undefined) {
    const reading = willing.find(({ healthy }) => healthy)
    return stay(
      reading === undefined
        ? 'it should stand aside, and no other voter answers'
        : `it should stand aside, and ${reading.name} still reads the log`,
    )
  }
  if (memory.asideAtMs !== null && nowMs - memory.asideAtMs < asidePauseMs) return stay(`it should stand aside and waits for ${able.name}`)
  return {
    transferTo: able.peer,
    stay: false,
    because: becauseElected({ how: 'aside', former: view.self.name }),
    memory: { ...memory, asideAtMs: nowMs },
  }
}

const notAhead = (best: Rival, score: number, heldMs: number, { aheadSinceMs }: TransferMemory, rules: TransferRules): string => {
  if (aheadSinceMs[best.peer] === undefined) {
    const gap = (best.score ?? 0) - score
    if (Math.abs(gap) < 0.005) return `${best.name} scores the same`
    if (gap < 0) return `${best.name} is ${difference(best, score)} behind`
    if (!best.healthy) return `${best.name} is ${difference(best, score)} ahead and does not answer`
    return `${best.name} is ${difference(best, score)} ahead; leadership moves at ${rules.margin.toFixed(2)}`
  }
  const lead = `${best.name} is ${difference(best, score)} ahead`
  if (heldMs < rules.heldMs) return `${lead} for ${seconds(heldMs)}; leadership moves after ${seconds(rules.heldMs)}`
  return `${lead} and still reads the log`
}

/** Of the rounded scores, because those are what people see and subtract. */
const difference = ({ score }: Rival, leaderScore: number): string =>
  (Math.abs(Math.round((score ?? 0) * 100) - Math.round(leaderScore * 100)) / 100).toFixed(2)

const seconds = (ms: number): string => `${Math.floor(ms / 1000)} s`

/** How a leader came to lead. `former` and `name` are names of members. */
export type Elected =
  | { readonly how: 'founded' }
  | { readonly how: 'alone' }
  | { readonly how: 'merit'; readonly former: string; readonly ahead: string; readonly heldMs: number }
  | { readonly how: 'aside'; readonly former: string }
  | { readonly how: 'asked'; readonly former: string }
  | { readonly how: 'silence'; readonly former: string | null; readonly name: string }

/** The end of "NAME leads since 14:02, because …". */
export const becauseElected = (elected: Elected): string => {
  switch (elected.how) {
    case 'founded':
      return 'it founded the cluster'
    case 'alone':
      return 'it is the only voter'
    case 'merit':
      return `its score was ${elected.ahead} above that of ${elected.former} for ${seconds(elected.heldMs)}; ${elected.former} handed over`
    case 'aside':
      return `${elected.former} stands aside where others can lead; it handed over`
    case 'asked':
      return `${elected.former} was asked to hand over to it`
    case 'silence':
      return elected.former === null
        ? `there was no leader and ${elected.name} stood first`
        : `${elected.former} stopped answering and ${elected.name} stood first`
  }
}
