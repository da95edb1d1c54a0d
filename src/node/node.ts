import { type Clock, Fault, isFault, type Json, type PeerId } from '../base/index.ts'
import { record, records } from '../ledger/index.ts'
import { startDuties } from './duties.ts'
import { type Member, notAMember } from './member.ts'
import { listed, majorityOf } from './names.ts'
import { picture } from './picture.ts'
import type { MeshMember } from './ports.ts'
import type { Identity, Reading, RecordView, Service } from './service.ts'
import type { ClusterView } from './view.ts'

const transferMsMax = 5_000
const countEveryMs = 2_000

export interface NodeParts {
  readonly self: { readonly peer: PeerId; readonly name: string; readonly version: string }
  /** Looks at the network interfaces: not for every picture. */
  readonly identity: () => Omit<Identity, 'clusterId'>
  readonly clock: Clock
  /** The member this node is, from its cluster file; null on a fresh node. */
  readonly member: Member | null
  /** Writes the cluster file and assembles the member. Fails and leaves nothing where the genesis does not fit. */
  readonly enter: (genesis: string, contacts: readonly MeshMember[], asFounder: boolean) => Promise<Member>
  readonly metrics: (member: Member | null) => ReturnType<Service['metrics']>
  readonly countRecords: () => number
  /** Whether this machine keeps the admin key of its cluster whole. */
  readonly keepsAdminKey: () => boolean
  readonly stateRoot: () => { readonly index: number; readonly root: string }
}

/** A running node: fresh, or a member of a cluster. */
export class Node implements Service, AsyncDisposable {
  readonly #parts: NodeParts
  #member: Member | null = null
  #entering = false
  readonly #listeners = new Set<() => void>()
  #stopDuties = () => {}
  #recordCount = { count: 0, atMs: Number.NEGATIVE_INFINITY }

  constructor(parts: NodeParts) {
    this.#parts = parts
    if (parts.member !== null) this.#begin(parts.member)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopDuties()
    await this.#member?.[Symbol.asyncDispose]()
  }

  identity(): Identity {
    return { ...this.#parts.identity(), clusterId: this.#member?.clusterId ?? null }
  }

  create(genesis: string): Promise<void> {
    return this.#enter(genesis, [], true)
  }

  join(genesis: string, members: readonly MeshMember[]): Promise<void> {
    return this.#enter(genesis, members, false)
  }

  view(): ClusterView {
    const member = this.#member
    const { clock, self, keepsAdminKey } = this.#parts
    if (member === null) return emptyView(self, clock.wallMs())
    const seen = picture({
      atMs: clock.wallMs(),
      version: self.version,
      cluster: { id: member.clusterId, name: member.parts.genesis.name },
      self: { peer: self.peer, name: member.nameOf(self.peer) },
      status: member.consensus.status(),
      members: member.members,
      sights: new Map(member.parts.mesh.sights().map((sight) => [sight.peer, sight])),
      reports: member.reports.known(),
      scores: member.scores(),
      leadership: member.leadership.current(),
      writesPerSecond: member.writes.perSecond(clock.nowMs()),
      records: this.#records(),
      stateRoot: null,
      events: member.events.latest(20),
    })
    return keepsAdminKey() ? { ...seen, adminKey: 'not-yet-split' } : seen
  }

  watch(listen: () => void, everyMs: number): () => void {
    const { clock } = this.#parts
    let cancel: (() => void) | null = null
    let lastMs = Number.NEGATIVE_INFINITY
    const notice = () => {
      if (cancel !== null) return
      cancel = clock.after(Math.max(0, lastMs + everyMs - clock.nowMs()), () => {
        cancel = null
        lastMs = clock.nowMs()
        listen()
      })
    }
    this.#listeners.add(notice)
    return () => {
      this.#listeners.delete(notice)
      cancel?.()
    }
  }

  health() {
    const member = this.#member
    if (member === null) return { live: true, ready: false, because: ['This node is in no cluster yet.'] }
    const status = member.consensus.status()
    if (status.haltedBecause !== null) return { live: false, ready: false, because: [status.haltedBecause] }
    if (status.leader === null) return { live: true, ready: false, because: ['There is no leader right now.'] }
    if (status.appliedIndex + 1_000 < status.commitIndex) return { live: true, ready: false, because: ['This node still reads the log.'] }
    return { live: true, ready: true, because: [] }
  }

  metrics() {
    return this.#parts.metrics(this.#member)
  }

  propose(commands: readonly Json[]): Promise<readonly Json[]> {
    return this.#submit(commands)
  }

  async put(key: string, value: Json, expect?: number) {
    return written(await this.#one({ kind: 'put', key, value, ...(expect === undefined ? {} : { expect }) }))
  }

  async delete(key: string, expect?: number) {
    return written(await this.#one({ kind: 'delete', key, ...(expect === undefined ? {} : { expect }) }))
  }

  async get(key: string, strong: boolean) {
    const reading = await this.#reading(strong)
    const found = record(this.#needMember().parts.state, key)
    return { record: found === undefined ? null : shown(found), reading }
  }

  async list(prefix: string, strong: boolean, after?: string, limit?: number) {
    const reading = await this.#reading(strong)
    return { records: records(this.#needMember().parts.state, prefix, after, limit).map(shown), reading }
  }

  async transfer(to: string) {
    const member = this.#needMember()
    const from = member.consensus.status().leader
    const target = member.members.find((one) => one.name === to || one.peer === to)
    if (target === undefined) {
      const names = member.members.map((one) => one.name).join(', ')
      throw new Fault('not-found', `There is no machine named ${to}.`, { hint: `The machines are ${names}.` })
    }
    if (from === null) throw noLeader(member)
    const { voters } = member.consensus.status().configuration
    if (!voters.includes(target.peer)) {
      throw new Fault('bad-request', `${target.name} is a learner, and only a voter can lead.`, {
        hint: `The voters are ${listed(voters.map((peer) => member.nameOf(peer)).sort())}.`,
      })
    }
    const beganMs = this.#parts.clock.nowMs()
    if (target.peer !== from) {
      await member.askTransfer(from, target.peer)
      await this.#leads(member, target.peer)
    }
    return { from, to: target.peer, tookMs: Math.round(this.#parts.clock.nowMs() - beganMs) }
  }

  async diagnosePeer(peer: string) {
    const member = this.#needMember()
    const target = member.members.find((one) => one.name === peer || one.peer === peer)
    if (target === undefined) throw new Fault('not-found', `There is no machine named ${peer}.`, { hint: 'bzzz nodes lists them.' })
    if (target.peer === member.parts.self.peer)
      throw new Fault('bad-request', `${peer} is this machine.`, { hint: 'Use bzzz doctor without --peer.' })
    return member.parts.mesh.diagnose(target.peer)
  }

  stateRoot() {
    this.#needMember()
    return this.#parts.stateRoot()
  }

  #needMember(): Member {
    if (this.#member === null) throw notAMember()
    return this.#member
  }

  async #enter(genesis: string, contacts: readonly MeshMember[], asFounder: boolean): Promise<void> {
    if (this.#member !== null) {
      throw new Fault('already-a-member', `This node is in the cluster ${this.#member.parts.genesis.name} already.`, {
        hint: 'A node is in one cluster; use another data folder for another one.',
      })
    }
    if (this.#entering) throw new Fault('busy', 'This node is entering a cluster right now.', { hint: 'Wait a moment and look again.' })
    this.#entering = true
    try {
      this.#begin(await this.#parts.enter(genesis, contacts, asFounder))
    } finally {
      this.#entering = false
    }
  }

  #begin(member: Member): void {
    this.#member = member
    member.onChange(() => {
      for (const listen of this.#listeners) listen()
    })
    member.start()
    this.#stopDuties = startDuties(member)
  }

  async #one(command: { readonly [key: string]: Json }): Promise<Json> {
    const [result] = await this.#submit([command])
    return result ?? null
  }

  async #submit(commands: readonly Json[]): Promise<readonly Json[]> {
    const member = this.#needMember()
    try {
      return await member.submit(commands)
    } catch (error) {
      if (!isFault(error, 'timeout') || member.consensus.status().leader !== null) throw error
      const { message, hint } = noLeader(member)
      throw new Fault('timeout', `${message} No answer came in time; whether the write happens is unknown.`, { hint, cause: error })
    }
  }

  async #reading(strong: boolean): Promise<Reading> {
    const member = this.#needMember()
    if (strong) return { strong, ageMs: 0, appliedIndex: await member.strong() }
    const { leader, leaderHeardMsAgo, appliedIndex } = member.consensus.status()
    return { strong, ageMs: leader === null ? null : Math.round(leaderHeardMsAgo), appliedIndex }
  }

  #records(): number {
    const now = this.#parts.clock.nowMs()
    if (now - this.#recordCount.atMs >= countEveryMs) this.#recordCount = { count: this.#parts.countRecords(), atMs: now }
    return this.#recordCount.count
  }

  #leads(member: Member, wanted: PeerId): Promise<void> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        cancel()
        unlisten()
      }
      const look = () => {
        if (member.consensus.status().leader !== wanted) return
        stop()
        resolve()
      }
      const cancel = this.#parts.clock.after(transferMsMax, () => {
        stop()
        reject(
          new Fault('timeout', `${member.nameOf(wanted)} did not take over within 5 s.`, {
            hint: 'Its log may be behind, or it does not answer; bzzz leader says who leads now.',
          }),
        )
      })
      const unlisten = member.onChange(look)
      look()
    })
  }
}

const shown = ({ key, value, version, stampMs, author }: NonNullable<ReturnType<typeof record>>): RecordView => ({
  key,
  value,
  version,
  stampMs,
  author,
})

const noLeader = (member: Member): Fault => {
  const { voters } = member.consensus.status().configuration
  return new Fault('no-leader', 'There is no leader right now.', {
    hint: `A leader needs ${majorityOf(voters.length)} of ${voters.length} voters; bzzz status shows who answers.`,
  })
}

/** The outcome of one put or delete, or its refusal as a Fault. */
const written = (result: Json): { readonly version: number; readonly index: number } => {
  if (typeof result !== 'object' || result === null || Array.isArray(result)) throw new Fault('failed', 'The write gave no result.')
  if (result.ok === true) return { version: Number(result.version ?? 0), index: Number(result.index ?? 0) }
  const code = typeof result.code === 'string' ? result.code : 'failed'
  throw new Fault(code, typeof result.message === 'string' ? result.message : 'The write was refused.', hintOf(code))
}

const hintOf = (code: string): { hint?: string } =>
  code === 'conflict' ? { hint: 'Somebody else wrote it first: read it again and repeat your change.' } : {}

const emptyView = ({ peer, name, version }: NodeParts['self'], atMs: number): ClusterView => ({
  atMs,
  version,
  cluster: null,
  self: { peer, name },
  leader: null,
  noLeaderBecause: null,
  voters: { total: 0, answering: 0, needed: 0 },
  members: [],
  roundTrips: [],
  log: { appliedIndex: 0, commitIndex: 0, leaderHeardMsAgo: null, stateRoot: null },
  writesPerSecond: 0,
  records: 0,
  events: [],
  haltedBecause: null,
})
