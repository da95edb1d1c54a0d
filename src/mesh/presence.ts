import type { Clock, PeerId, Random } from '../base/index.ts'
import type { Listeners } from './events.ts'
import type { Boots, Control } from './greeting.ts'
import { type Evidence, judge } from './judge.ts'
import type { Limits } from './limits.ts'
import type { Link } from './link.ts'
import type { Peer } from './peer.ts'
import type { Twins } from './twins.ts'

const skewSamples = 9

export interface PresenceOptions {
  readonly self: PeerId
  readonly boot: string
  readonly clock: Clock
  readonly random: Random
  readonly limits: Limits
  readonly peers: ReadonlyMap<PeerId, Peer>
  readonly twins: Twins
  readonly leader: () => PeerId | null
  /** Something about a peer changed that others may want to know at once. */
  readonly changed: Listeners<[Peer]>
  readonly onTwin: (peer: PeerId) => void
}

/** Presence frames and what follows from them: round trips, suspicion, clock skew, and everybody's view of everybody. */
export class Presence {
  readonly #options: PresenceOptions
  readonly #sent = new Map<number, { readonly peer: PeerId; readonly atMs: number }>()
  /** Since when a teller and we meet different processes under one identity, by "teller identity". */
  readonly #disputes = new Map<string, number>()
  #number = 0
  #lastTickMs: number
  #lastDigestMs = Number.NEGATIVE_INFINITY
  #cancel: (() => void) | null = null

  constructor(options: PresenceOptions) {
    this.#options = options
    this.#lastTickMs = options.clock.nowMs()
    this.#schedule()
  }

  stop(): void {
    this.#cancel?.()
  }

  /** First words to a peer that just connected: a round trip and our digest, without waiting for the next turn. */
  begin(peer: Peer): void {
    this.#setSuspected(peer, false, null)
    this.#greet(peer)
    peer.active?.tell(this.#digest())
    this.#options.changed.tell(peer)
  }

  /** Its process is known to be gone: no need to wait for misses. */
  gone(peer: Peer, reason: string): void {
    this.#setSuspected(peer, true, reason)
  }

  hear(peer: Peer, link: Link, message: Control): void {
    const { clock } = this.#options
    const now = clock.nowMs()
    peer.heardMs = now
    switch (message.kind) {
      case 'presence':
        link.tell({ kind: 'echo', number: message.number, wallMs: clock.wallMs(), suspects: this.#suspects() })
        // A negative number only asks for a sign of life.
        if (message.number < 0) break
        peer.suspects = { peers: new Set(message.suspects), atMs: now }
        if (message.tripMs !== null) this.#measured(peer, message.tripMs, message.wallMs)
        break
      case 'echo':
        peer.suspects = { peers: new Set(message.suspects), atMs: now }
        this.#echoed(peer, message.number, message.wallMs, now)
        break
      case 'digest':
        peer.digest = { message, atMs: now }
        this.#compareBoots(peer, message.boots, now)
        break
      case 'twin':
        this.#toldOfTwin(peer, message)
        break
      default:
        break
    }
    if (peer.suspected) {
      this.#setSuspected(peer, false, null)
      this.#options.changed.tell(peer)
    }
  }

  evidence(): Evidence {
    const { self, peers, limits, clock, leader } = this.#options
    const now = clock.nowMs()
    const own = new Map<PeerId, 'heard' | 'suspected'>()
    const reports = new Map<PeerId, { suspects: ReadonlySet<PeerId>; ageMs: number }>()
    for (const peer of peers.values()) {
      if (peer.suspected) own.set(peer.id, 'suspected')
      // A connection that is being renewed is no silence yet: the misses decide.
      else if (peer.active || (peer.neighbour && peer.heardMs !== null)) own.set(peer.id, 'heard')
      if (peer.suspects) reports.set(peer.id, { suspects: peer.suspects.peers, ageMs: now - peer.suspects.atMs })
    }
    return { self, leader: leader(), own, reports, reportAgeMsMax: limits.presenceEveryMs * (limits.missesMax + 1) }
  }

  health(peer: PeerId): ReturnType<typeof judge> {
    return judge(peer, this.evidence())
  }

  #schedule(): void {
    const { clock, limits, random } = this.#options
    this.#cancel = clock.after(limits.presenceEveryMs * (0.9 + random() * 0.2), () => {
      this.#schedule()
      this.#tick()
    })
  }

  #tick(): void {
    const { clock, limits, peers } = this.#options
    const now = clock.nowMs()
    this.#forgiveOwnPause(now)
    const digestDue = now - this.#lastDigestMs >= limits.digestEveryMs
    if (digestDue) this.#lastDigestMs = now
    for (const [number, sent] of this.#sent) if (now - sent.atMs > 10_000) this.#sent.delete(number)
    const digest = digestDue ? this.#digest() : null
    for (const peer of peers.values()) {
      if (!peer.neighbour) continue
      const silentMs = now - (peer.heardMs ?? peer.watchedMs)
      if (!peer.suspected && silentMs > limits.presenceEveryMs * limits.missesMax) {
        this.#setSuspected(peer, true, peer.active ? 'silent' : (peer.reason ?? 'not connected'))
        this.#options.changed.tell(peer)
      }
      if (peer.active && now - Math.max(peer.active.heardMs, peer.active.openedMs) > limits.silenceMs)
        peer.active.close('the other side is silent')
      if (!peer.active) continue
      this.#greet(peer)
      if (digest) peer.active.tell(digest)
    }
  }

  /** After a pause of this process (stopped, swapped out, a blocked loop) the silence was ours, not theirs. */
  #forgiveOwnPause(now: number): void {
    const { limits, peers } = this.#options
    const lateMs = now - this.#lastTickMs - limits.presenceEveryMs * 1.1
    this.#lastTickMs = now
    if (lateMs < limits.presenceEveryMs) return
    for (const peer of peers.values()) {
      if (peer.heardMs !== null) peer.heardMs += lateMs
      else peer.watchedMs += lateMs
      for (const link of peer.links) link.heardMs += lateMs
    }
  }

  /** The lower id of a pair asks, the other answers: one exchange serves both. */
  #greet(peer: Peer): void {
    const { clock, self } = this.#options
    if (peer.id < self) return
    this.#number += 1
    this.#sent.set(this.#number, { peer: peer.id, atMs: clock.nowMs() })
    const tripMs = peer.trips.last
    peer.active?.tell({ kind: 'presence', number: this.#number, wallMs: clock.wallMs(), tripMs, suspects: this.#suspects() })
  }

  #suspects(): PeerId[] {
    return [...this.#options.peers.values()].filter(({ suspected }) => suspected).map(({ id }) => id)
  }

  #echoed(peer: Peer, number: number, wallMs: number, now: number): void {
    const sent = this.#sent.get(number)
    if (sent?.peer !== peer.id) return
    this.#sent.delete(number)
    this.#measured(peer, now - sent.atMs, wallMs)
  }

  #measured(peer: Peer, tripMs: number, wallMs: number): void {
    peer.trips.add(tripMs)
    peer.skews.push(wallMs + tripMs / 2 - this.#options.clock.wallMs())
    if (peer.skews.length > skewSamples) peer.skews.shift()
  }

  #digest(): Control {
    const { peers, self, boot } = this.#options
    const medians: Record<PeerId, number> = {}
    const boots: Record<PeerId, string> = { [self]: boot }
    for (const peer of peers.values()) {
      if (!peer.active) continue
      const median = peer.trips.medianMs()
      if (median !== null) medians[peer.id] = median
      if (peer.process) boots[peer.id] = peer.process.boot
    }
    return { kind: 'digest', medians, boots }
  }

  /** Another member is connected to a different process than we are under the same identity, and both go on living. */
  #compareBoots(teller: Peer, boots: Boots, now: number): void {
    const { peers, self, boot, twins, clock, limits, onTwin } = this.#options
    for (const [id, theirs] of Object.entries(boots) as [PeerId, string][]) {
      const ours = id === self ? boot : peers.get(id)?.active ? peers.get(id)?.process?.boot : undefined
      const dispute = `${teller.id} ${id}`
      if (ours === undefined || ours === theirs) {
        this.#disputes.delete(dispute)
        continue
      }
      const sinceMs = this.#disputes.get(dispute)
      if (sinceMs === undefined) this.#disputes.set(dispute, now)
      else if (now - sinceMs >= limits.disputeMs) {
        const where = [peers.get(id)?.active?.remoteAddress ?? 'this machine', `connected to ${teller.id}`]
        const news = twins.add({
          peer: id,
          where,
          how: 'two members are connected to different processes with this identity',
          atMs: clock.wallMs(),
        })
        if (news) onTwin(id)
      }
    }
  }

  #toldOfTwin(peer: Peer, message: Extract<Control, { kind: 'twin' }>): void {
    const { self, boot, twins, clock, onTwin } = this.#options
    // Only about ourselves: nobody's word is needed about others.
    if (message.peer !== self || message.boot === boot) return
    const how = `${peer.id} met another process with the identity of this node`
    if (twins.add({ peer: self, where: ['this machine', message.address], how, atMs: clock.wallMs() })) onTwin(self)
  }

  #setSuspected(peer: Peer, suspected: boolean, reason: string | null): void {
    peer.suspected = suspected
    peer.reason = reason
  }
}
