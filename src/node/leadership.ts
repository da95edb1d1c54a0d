import type { PeerId } from '../base/index.ts'
import { becauseElected, type Status } from '../consensus/index.ts'
import type { Report } from './report.ts'

export interface Leadership {
  readonly leader: PeerId
  readonly term: number
  readonly sinceMs: number
  readonly because: string
}

/** A word of a hand-over older than this does not explain a new leader. */
const handOverMsMax = 10_000
const hourMs = 3_600_000

/**
 * Who leads and why, as far as this node knows. A new leader works out its own reason (it knows whom it followed, and a leader that hands
 * over says so just before); all others take it from the leader's reports.
 */
export class LeadershipStory {
  #former: PeerId | null = null
  #current: Leadership | null = null
  /** What the last report of a leader said; it may come before this node knows of the leadership itself. */
  #told: Leadership | null = null
  readonly #movedAtMs: number[] = []
  #handedOver: { from: PeerId; to: PeerId; because: string; atMs: number } | null = null

  /** `nameOf` gives a member's name; `wallMs` and `nowMs` are now. Returns the new leadership when the leader of a new term became known. */
  changed(status: Status, nameOf: (peer: PeerId) => string, wallMs: number, nowMs: number): Leadership | null {
    if (status.leader === null || (this.#current?.leader === status.leader && this.#current.term === status.term)) return null
    const again = this.#current?.leader === status.leader
    const because = again ? 'it was elected again after an election nobody else won' : this.#reason(status, nameOf, wallMs)
    const told = this.#told?.leader === status.leader && this.#told.term === status.term ? this.#told : null
    this.#current = told ?? { leader: status.leader, term: status.term, sinceMs: wallMs, because }
    this.#former = status.leader
    if (!again && this.#handedOver?.to === status.leader && wallMs - this.#handedOver.atMs < handOverMsMax) this.#movedAtMs.push(nowMs)
    return this.#current
  }

  /** A leader's report: its own word about why it leads, or to whom it hands over. */
  heard(from: PeerId, report: Report, wallMs: number): void {
    // Only who leads can hand over: nobody else's words explain the next leader, or use up the budget of transfers.
    if (report.handedOver !== null && from === this.#current?.leader)
      this.handsOver(from, report.handedOver.to, report.handedOver.because, wallMs)
    if (report.leads === null) return
    this.#told = { leader: from, ...report.leads }
    if (this.#current?.leader === from && this.#current.term === report.leads.term) this.#current = this.#told
  }

  handsOver(from: PeerId, to: PeerId, because: string, wallMs: number): void {
    this.#handedOver = { from, to, because, atMs: wallMs }
  }

  /** When leadership was handed over in the last hour, by whomever: the budget of transfers is the cluster's, not one leader's. */
  handOversAtMs(nowMs: number): readonly number[] {
    while ((this.#movedAtMs[0] ?? nowMs) < nowMs - hourMs) this.#movedAtMs.shift()
    return this.#movedAtMs
  }

  current(): Leadership | null {
    return this.#current
  }

  #reason(status: Status, nameOf: (peer: PeerId) => string, wallMs: number): string {
    const leader = status.leader
    if (leader === null) return ''
    const word = this.#handedOver
    const former = this.#former
    if (word?.to === leader && wallMs - word.atMs < handOverMsMax) return word.because
    if (status.configuration.voters.length === 1) return becauseElected(former === null ? { how: 'founded' } : { how: 'alone' })
    return becauseElected({ how: 'silence', former: former === null || former === leader ? null : nameOf(former), name: nameOf(leader) })
  }
}
