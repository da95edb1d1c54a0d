import { z } from 'zod'
import { asPeerId, type Clock, type ClusterId, Fault, isFault, type Json, type Log, type PeerId, type Random } from '../base/index.ts'
import {
  type Applied,
  type Author,
  type BatchResult as AuthoredResult,
  becauseElected,
  type Consensus,
  createAuthor,
  createConsensus,
  type Disk,
  type Entry,
  type Rules,
  type StateReader,
  type Wire,
} from '../consensus/index.ts'
import type { Capabilities } from '../host/types.ts'
import { type Genesis, grammar, type Signer } from '../keys/index.ts'
import { announceCommand, commandFault, electionOf, type Ledger, members, recall, sealBatch } from '../ledger/index.ts'
import { checkedWire } from './checked-wire.ts'
import { agreedSkewMs } from './cluster-time.ts'
import { Events } from './events.ts'
import { LeadershipStory } from './leadership.ts'
import { watchLoopLag } from './loop-lag.ts'
import { healthSentence, type KnownMember, membershipSentences } from './picture.ts'
import type { Mesh, MeshMember, PeerSight } from './ports.ts'
import { Rate } from './rate.ts'
import { Reports } from './reports.ts'
import { scoreAll } from './scores.ts'
import { Sightings } from './sightings.ts'

/** A proposal that is not applied here within this time fails with `timeout`: its outcome is unknown. */
const proposalMsMax = 10_000
const readMsMax = 5_000
const observeMs = 1_000
const warnEveryMs = 60_000
const transferRequest = z.strictObject({ to: grammar.peerId })

export interface MemberParts {
  readonly self: {
    readonly peer: PeerId
    readonly name: string
    readonly zone: string | null
    readonly version: string
    readonly supports: number
  }
  readonly signer: Signer
  readonly genesis: Genesis
  readonly ledger: Ledger
  readonly rules: Rules
  readonly disk: Disk
  readonly state: StateReader
  readonly mesh: Mesh
  readonly wire: Wire
  /** How far the clocks of the others are ahead of this one, as the mesh measured it. */
  readonly skewsMs: () => readonly number[]
  /** Whom to ask before the log has named the members. */
  readonly contacts: readonly MeshMember[]
  readonly capabilities: () => Capabilities | null
  readonly clock: Clock
  readonly random: Random
  readonly log: Log
}

/** A node inside a cluster: consensus, its author, reports to and from the others, and what it knows of them. */
export class Member implements AsyncDisposable {
  readonly consensus: Consensus
  readonly events: Events
  readonly leadership = new LeadershipStory()
  readonly reports: Reports
  readonly sightings: Sightings
  readonly parts: MemberParts
  readonly loopLagMs: () => number
  readonly writes = new Rate()
  readonly counted = { committed: 0, failed: 0, waiting: 0, leaderChanges: 0, elections: 0, snapshotsTaken: 0, snapshotsInstalled: 0 }
  #members: readonly KnownMember[] = []
  readonly #author: Author
  readonly #listeners = new Set<() => void>()
  readonly #stops: (() => void)[] = []
  #announced = false
  #skewMs = 0
  readonly #warnedMs = new Map<PeerId, number>()
  readonly #met = new Set<PeerId>()
  readonly #health = new Map<PeerId, PeerSight['health']>()

  constructor(parts: MemberParts) {
    this.parts = parts
    const { clock, self, genesis, mesh } = parts
    this.events = new Events(() => clock.wallMs())
    this.sightings = new Sightings(clock.nowMs())
    this.consensus = createConsensus({
      rules: parts.rules,
      disk: parts.disk,
      wire: checkedWire(
        parts.wire,
        (body) => parts.ledger.check(body),
        (from, fault) => this.#refusedProposal(from, fault),
      ),
      // Stamps follow the clock that most members agree on: one wrong clock must not move the time of the cluster.
      clock: { ...clock, wallMs: () => clock.wallMs() + this.#skewMs },
      random: parts.random,
      self: self.peer,
      on: {
        applied: (entries, results) => this.#applied(entries, results),
        leader: () => this.#leaderChanged(),
        installed: () => this.#installed(),
        halted: (because) => this.#halted(because),
        note: (text) => parts.log.info('consensus', { note: text }),
        exported: (file) => this.events.add('warning', `What this machine had beyond the take-over was exported to ${file}.`, 'warn'),
      },
    })
    this.#author = createAuthor({
      self: self.peer,
      // Not the disk's own count: a restored disk counts to the same number again.
      incarnation: this.consensus.incarnation,
      clock,
      propose: (bodies) => this.consensus.propose(bodies),
      seal: (batch) => sealBatch(parts.signer, genesis.clusterId, batch),
      // Rows of this space are what apply answered: JSON.
      recall: (seq) => (recall(parts.state, self.peer, this.consensus.incarnation, seq)?.results as readonly Json[] | undefined) ?? null,
    })
    const lag = watchLoopLag(clock)
    this.loopLagMs = lag.lagMs
    this.#stops.push(lag.stop)
    this.reports = new Reports({
      mesh,
      clock,
      others: () => this.#members.map((member) => member.peer).filter((peer) => peer !== self.peer),
      own: () => ({
        version: self.version,
        zone: self.zone,
        addresses: mesh.listenAddresses().slice(0, 16),
        capabilities: parts.capabilities(),
        loopLagMs: lag.lagMs(),
        sightings: this.sightings.all(),
        appliedIndex: this.consensus.status().appliedIndex,
        leads: this.#ownLeadership(),
        handedOver: this.#handedOver,
      }),
      heard: (from, report) => {
        this.leadership.heard(from, report, clock.wallMs())
        this.#changed()
      },
    })
  }

  /** Said once a minute for each member: who sends garbage without end must not fill the log with it. */
  #refusedProposal(from: PeerId, { code }: Fault): void {
    const nowMs = this.parts.clock.nowMs()
    if (nowMs - (this.#warnedMs.get(from) ?? Number.NEGATIVE_INFINITY) < warnEveryMs) return
    this.#warnedMs.set(from, nowMs)
    this.parts.log.warn('a member proposes what can never be applied', { from, code })
  }

  #handedOver: { to: PeerId; because: string } | null = null

  start(): void {
    this.#readMembers()
    const { mesh, clock } = this.parts
    this.#stops.push(
      mesh.onLost((peer) => this.sightings.restarted(peer)),
      mesh.onSight(() => this.#sighted()),
      mesh.handle('transfer', transferRequest, async (from, { to }) => {
        await this.transfer(asPeerId(to), becauseElected({ how: 'asked', former: this.parts.self.name }))
        this.parts.log.info('leadership was asked to move', { by: from, to })
        return { ok: true }
      }),
      every(clock, observeMs, () => {
        this.sightings.observe(mesh.sights(), clock.nowMs())
        this.#skewMs = agreedSkewMs(this.parts.skewsMs())
        void this.#announceOnce()
        this.#changed()
      }),
      this.reports.start(),
    )
    this.consensus.start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop()
    this.#author.stop()
    this.consensus.stop()
  }

  get clusterId(): ClusterId {
    return this.parts.genesis.clusterId
  }

  get members(): readonly KnownMember[] {
    return this.#members
  }

  nameOf(peer: PeerId): string {
    const { self, genesis } = this.parts
    const known = this.#members.find((member) => member.peer === peer)?.name
    return known ?? (peer === self.peer ? self.name : peer === genesis.founder.peer ? genesis.founder.name : peer.slice(-8))
  }

  scores() {
    const reports = this.reports.known()
    const peers = this.#members.map((member) => member.peer)
    return scoreAll(peers, reports, electionOf(this.parts.state, this.parts.genesis), this.consensus.status().ranks)
  }

  /** Signs, proposes and waits until this node has applied it; one result per command. */
  submit(commands: readonly Json[]): Promise<readonly Json[]> {
    // What can never be applied must not be signed either: signing happens later, together with others'.
    for (const command of commands) {
      const fault = commandFault(command)
      if (fault !== null) return Promise.reject(fault)
    }
    this.counted.waiting += 1
    return new Promise((resolve, reject) => {
      this.#author.submit(
        commands,
        (outcome) => {
          this.counted.waiting -= 1
          if (isFault(outcome)) {
            this.counted.failed += 1
            reject(outcome)
          } else {
            this.counted.committed += 1
            resolve(outcome)
          }
        },
        proposalMsMax,
      )
    })
  }

  /** Resolves once this node's state holds everything that was committed when it was called. */
  strong(): Promise<number> {
    return new Promise((resolve, reject) => {
      this.consensus.readIndex((index) => (isFault(index) ? reject(index) : resolve(index)), readMsMax)
    })
  }

  /** Announces the hand-over to everybody, then asks the core; the reason thus is known before the new leader is. */
  transfer(to: PeerId, because: string): Promise<void> {
    this.#handedOver = { to, because }
    this.leadership.handsOver(this.parts.self.peer, to, because, this.parts.clock.wallMs())
    this.reports.tell()
    return new Promise((resolve, reject) => {
      this.consensus.transfer(to, (fault) => (fault === null ? resolve() : reject(fault)))
    })
  }

  /** Hands leadership over in a person's name: here if this node leads, else by asking the leader. */
  async askTransfer(leader: PeerId, to: PeerId): Promise<void> {
    if (leader === this.parts.self.peer) return this.transfer(to, becauseElected({ how: 'asked', former: this.parts.self.name }))
    await this.parts.mesh.request(leader, 'transfer', { to }, { deadlineMs: readMsMax })
  }

  onChange(listen: () => void): () => void {
    this.#listeners.add(listen)
    return () => this.#listeners.delete(listen)
  }

  #changed(): void {
    for (const listen of this.#listeners) listen()
  }

  #sighted(): void {
    const appeared: PeerId[] = []
    for (const sight of this.parts.mesh.sights()) {
      const before = this.#health.get(sight.peer)
      if (before === sight.health) continue
      this.#health.set(sight.peer, sight.health)
      if (sight.health === 'healthy') appeared.push(sight.peer)
      // Whom this node has never met is not "down", and meeting it first is no news.
      const met = this.#met.has(sight.peer)
      if (sight.health === 'healthy') this.#met.add(sight.peer)
      if (!met || sight.health === 'unknown') continue
      const sentence = healthSentence(this.nameOf(sight.peer), sight.health, sight.reason, this.parts.self.name)
      this.events.add('health', sentence, sight.health === 'healthy' ? 'ok' : sight.health === 'down' ? 'bad' : 'warn')
    }
    if (appeared.length > 0) this.reports.tell(appeared)
    this.#changed()
  }

  #applied(entries: readonly Entry[], results: readonly Applied[]): void {
    let membersTouched = false
    entries.forEach((entry, n) => {
      if (entry.payload.kind === 'batch') {
        // What `applyBatch` of the ledger gives for a batch.
        const result = results[n] as unknown as AuthoredResult
        this.#author.applied(result)
        this.writes.add(result.results.length, this.parts.clock.nowMs())
        membersTouched ||= mayTouchMembers(entry.payload.body)
      }
      // The first entry, whatever it is, brings the founder.
      if (entry.index === 1 || entry.payload.kind === 'configuration' || entry.payload.kind === 'takeover') membersTouched = true
    })
    if (membersTouched) {
      this.#readMembers()
      void this.#announceOnce()
    }
    this.#changed()
  }

  #installed(): void {
    this.counted.snapshotsInstalled += 1
    this.#author.installed()
    this.#readMembers()
    this.#changed()
  }

  #leaderChanged(): void {
    const status = this.consensus.status()
    this.parts.mesh.setLeader(status.leader)
    if (status.leader !== null) this.#author.led()
    const { clock } = this.parts
    const began = this.leadership.changed(status, (peer) => this.nameOf(peer), clock.wallMs(), clock.nowMs())
    if (began !== null) {
      this.counted.leaderChanges += 1
      this.events.add('leader', `${this.nameOf(began.leader)} leads, because ${began.because}.`)
      if (began.leader !== this.parts.self.peer) this.#handedOver = null
      this.reports.tell()
    }
    this.#changed()
  }

  #halted(because: string): void {
    this.parts.log.error('this node takes no part any more', { because })
    this.events.add('warning', `This machine takes no part any more: ${because}`, 'bad')
    this.#changed()
  }

  #ownLeadership() {
    const current = this.leadership.current()
    if (current?.leader !== this.parts.self.peer) return null
    return { term: current.term, sinceMs: current.sinceMs, because: current.because }
  }

  /** Takes the member list from the state; before the log has arrived, the contacts stand in for it. */
  #readMembers(): void {
    const { state, mesh, contacts, self } = this.parts
    const before = this.#members
    const rows = members(state).toSorted((a, b) => (a.name < b.name ? -1 : 1))
    this.#members = rows.map(({ peer, name, zone, addresses, version }) => ({ peer, name, zone, addresses, version }))
    const known: readonly MeshMember[] = rows.some((row) => row.peer === self.peer) ? rows : [...contacts, ...rows]
    mesh.setVoters(this.consensus.status().configuration.voters)
    mesh.setMembers(known.filter((member) => member.peer !== self.peer).map(({ peer, addresses }) => ({ peer, addresses })))
    if (before.length > 0) for (const sentence of membershipSentences(before, this.#members)) this.events.add('member', sentence)
  }

  /** Tells the cluster this start's addresses, version and name, once this node is a member of a cluster that has a leader. */
  async #announceOnce(): Promise<void> {
    const { self, mesh, state } = this.parts
    if (this.#announced || this.consensus.status().leader === null) return
    if (!members(state).some((row) => row.peer === self.peer)) return
    this.#announced = true
    const facts = {
      name: self.name,
      zone: self.zone,
      addresses: [...mesh.listenAddresses()],
      version: self.version,
      supports: self.supports,
    }
    try {
      const [result] = await this.submit([announceCommand(facts)])
      if (!isDone(result)) this.parts.log.warn('the cluster did not take what this node says of itself', { result })
    } catch (error) {
      this.#announced = false
      if (!isFault(error)) throw error
    }
  }
}

const isDone = (result: Json | undefined): boolean =>
  typeof result === 'object' && result !== null && !Array.isArray(result) && result.ok === true

/** Cheap test before a full read of the members: only these commands change them. */
const mayTouchMembers = (body: string): boolean =>
  body.includes('"kind":"admit"') || body.includes('"kind":"announce"') || body.includes('"kind":"remove"')

/** Runs `act` every `ms` until the returned function is called. */
export const every = (clock: Clock, ms: number, act: () => void): (() => void) => {
  let cancel = () => {}
  const turn = () => {
    cancel = clock.after(ms, turn)
    act()
  }
  cancel = clock.after(ms, turn)
  return () => cancel()
}

/** The Fault for a node that is in no cluster. */
export const notAMember = (): Fault =>
  new Fault('not-a-member', 'This node is in no cluster yet.', { hint: 'Found one or join one first; `bzzz demo` shows how it looks.' })
