import type { Connection, Stream } from '@libp2p/interface'
import { asPeerId, type Clock, type ClusterId, type PeerId } from '../base/index.ts'
import type { Address, MeshMember } from '../node/ports.ts'
import { bare, parseAddress } from './address.ts'
import type { Counters } from './counters.ts'
import type { Listeners } from './events.ts'
import { type Control, type Hello, linkProtocol } from './greeting.ts'
import type { Limits } from './limits.ts'
import { keptLink, Link } from './link.ts'
import { newPeer, type Peer } from './peer.ts'
import type { Twins } from './twins.ts'

const secondConnection = 'a second connection to the same peer'

/** How long a process that is thought dead gets to prove that it lives, when another one appears with its identity. */
const proofMs = 600

export interface RosterOptions {
  readonly self: PeerId
  readonly clusterId: ClusterId
  readonly clock: Clock
  readonly limits: Limits
  readonly counters: Counters
  readonly twins: Twins
  readonly hello: () => Hello
  readonly openStream: (connection: Connection) => Promise<Stream>
  /** A greeted connection came into use, or another took its place. */
  readonly connected: Listeners<[Peer]>
  /** The last connection to a peer closed. */
  readonly disconnected: Listeners<[peer: Peer, link: Link]>
  /** The process met before is gone: another one answers in its place. */
  readonly replaced: Listeners<[Peer]>
  readonly control: (peer: Peer, link: Link, message: Control) => void
  readonly onTwin: (peer: Peer) => void
}

/** Members, their connections, and which of these is in use. */
export class Roster {
  readonly peers = new Map<PeerId, Peer>()
  readonly #links = new Map<string, Link>()
  readonly #options: RosterOptions

  constructor(options: RosterOptions) {
    this.#options = options
  }

  /** Replaces the list; returns whoever is no longer on it, their connections closed. */
  setMembers(members: readonly MeshMember[], neighbours: ReadonlySet<PeerId>): Peer[] {
    const now = this.#options.clock.nowMs()
    const listed = new Map(members.filter(({ peer }) => peer !== this.#options.self).map((member) => [member.peer, member]))
    const gone = [...this.peers.values()].filter(({ id }) => !listed.has(id))
    for (const peer of gone) {
      this.peers.delete(peer.id)
      for (const lane of peer.lanes.values()) lane.reset()
      for (const link of [...peer.links]) link.close('this peer is no longer a member')
    }
    for (const member of listed.values()) {
      const peer = this.peers.get(member.peer) ?? newPeer(member, now)
      if (!peer.neighbour && neighbours.has(peer.id)) peer.watchedMs = now
      peer.member = member
      peer.neighbour = neighbours.has(peer.id)
      this.peers.set(peer.id, peer)
    }
    return gone
  }

  /** Takes note of a new connection; the side that dialled begins to greet. */
  opened(connection: Connection): void {
    const { clock, limits, counters } = this.#options
    const peer = this.peers.get(asPeerId(connection.remotePeer.toString()))
    if (!peer) {
      connection.abort(new Error('This peer is no longer a member.'))
      return
    }
    const link = new Link(connection, clock)
    this.#links.set(connection.id, link)
    peer.links.push(link)
    counters.connectionsOpened += 1
    const cancel = clock.after(limits.handshakeMs, () => {
      if (link.state === 'greeting') link.close('the other side did not greet')
    })
    void link.ready.then(cancel, cancel)
    if (link.dialled) void this.#greet(peer, link)
  }

  closed(connection: Connection): void {
    const link = this.#links.get(connection.id)
    if (!link) return
    this.#links.delete(connection.id)
    this.#options.counters.connectionsClosed += 1
    link.markClosed()
    const peer = this.peers.get(link.peer)
    if (!peer) return
    peer.links = peer.links.filter((other) => other !== link)
    if (!link.hello && link.dialled && link.closedBecause === null) peer.reason = 'it does not admit this node'
    if (peer.active === link) {
      peer.active = null
      for (const lane of peer.lanes.values()) lane.reset()
      this.#choose(peer)
    }
    // The former process is gone: whoever waits to take its place need not wait for the proof.
    const heir = peer.active ? undefined : peer.links.find(({ state }) => state === 'held')
    if (heir?.hello) this.#use(peer, heir, heir.hello)
    // While another connection is being greeted the peer is not gone yet.
    if (peer.up && peer.links.length === 0) {
      peer.up = false
      this.#options.disconnected.tell(peer, link)
    }
  }

  linkOf(connection: Connection): Link | undefined {
    return this.#links.get(connection.id)
  }

  /** The control stream that a peer which dialled us opened. */
  accept(stream: Stream, connection: Connection): void {
    const link = this.#links.get(connection.id)
    const peer = link && this.peers.get(link.peer)
    if (!link || !peer || link.dialled) {
      stream.abort(new Error('This connection is not expected to open a control stream.'))
      return
    }
    this.#attach(peer, link, stream)
  }

  async #greet(peer: Peer, link: Link): Promise<void> {
    try {
      const stream = await this.#options.openStream(link.connection)
      this.#attach(peer, link, stream)
      link.tell(this.#options.hello())
    } catch {
      if (link.state !== 'closed') link.connection.abort(new Error('The control stream could not be opened.'))
    }
  }

  #attach(peer: Peer, link: Link, stream: Stream): void {
    const { clock, counters } = this.#options
    link.attach(stream, { clock, counters, onControl: (message) => this.#heard(peer, link, message) })
  }

  #heard(peer: Peer, link: Link, message: Control): void {
    if (link.state === 'closed') return
    if (message.kind === 'hello') {
      if (!link.hello) this.#greeted(peer, link, message)
      return
    }
    if (message.kind === 'refusal') {
      peer.reason = refusalReasons[message.because]
      link.close(`the other side refused: ${message.because}`)
      return
    }
    if (link.state === 'ready') this.#options.control(peer, link, message)
  }

  #greeted(peer: Peer, link: Link, hello: Hello): void {
    const { clusterId, clock } = this.#options
    if (hello.protocol !== linkProtocol || hello.cluster !== clusterId) {
      const because = hello.protocol !== linkProtocol ? 'another-version' : 'another-cluster'
      peer.reason = refusalReasons[because]
      peer.version = hello.version
      void link.closeWith({ kind: 'refusal', because }, because)
      return
    }
    link.hello = hello
    if (!link.dialled) link.tell(this.#options.hello())
    const rivals = peer.links.filter((other) => other.state === 'ready' && other.hello?.boot !== hello.boot)
    if (rivals.length === 0) {
      this.#use(peer, link, hello)
      return
    }
    link.state = 'held'
    const heldMs = clock.nowMs()
    for (const rival of rivals) rival.tell({ kind: 'presence', number: -1, wallMs: clock.wallMs(), tripMs: null, suspects: [] })
    clock.after(proofMs, () => this.#settleRivals(peer, link, hello, rivals, heldMs))
  }

  /** Another process has this identity: either the former one is dead and does not answer, or both live and the newcomer must go. */
  #settleRivals(peer: Peer, link: Link, hello: Hello, rivals: readonly Link[], heldMs: number): void {
    if (link.state !== 'held') return
    const alive = rivals.find((rival) => rival.state === 'ready' && rival.heardMs > heldMs)
    if (!alive) {
      for (const rival of rivals) rival.close('another process answers in its place')
      this.#use(peer, link, hello)
      return
    }
    const { twins, clock, onTwin } = this.#options
    const where = [alive, link].map(({ remoteAddress }) => bare(remoteAddress))
    const news = twins.add({ peer: peer.id, where, how: 'two processes with this identity are connected here', atMs: clock.wallMs() })
    alive.tell({ kind: 'twin', peer: peer.id, boot: hello.boot, address: bare(link.remoteAddress) })
    link.tell({ kind: 'twin', peer: peer.id, boot: alive.hello?.boot ?? hello.boot, address: bare(alive.remoteAddress) })
    void link.closeWith({ kind: 'refusal', because: 'duplicate' }, 'another process with this identity is connected')
    if (news) onTwin(peer)
  }

  #use(peer: Peer, link: Link, hello: Hello): void {
    const { clock, replaced } = this.#options
    const former = peer.process
    if (former?.boot !== hello.boot) peer.process = { boot: hello.boot, incarnation: hello.incarnation, lost: false }
    peer.version = hello.version
    peer.told = hello.addresses.filter((address) => parseAddress(address) !== null)
    peer.heardMs = clock.nowMs()
    peer.reason = null
    peer.answered = link.dialled ? bare(link.remoteAddress) : (toldAt(link, peer.told) ?? peer.answered)
    peer.up = true
    link.becomeReady()
    this.#choose(peer)
    if (former && former.boot !== hello.boot && !former.lost) replaced.tell(peer)
    this.#options.connected.tell(peer)
  }

  /** Keeps one of the ready connections and closes the others. */
  #choose(peer: Peer): void {
    const ready = peer.links.filter(({ state }) => state === 'ready')
    const kept = keptLink(ready, this.#options.self, peer.id) ?? null
    if (kept !== peer.active) {
      peer.active = kept
      for (const lane of peer.lanes.values()) lane.reset()
    }
    const { self, clock, limits } = this.#options
    for (const link of ready) {
      if (link === kept) continue
      // Were both sides to close at once, their clocks apart, each might keep the one that the other closes: the lower id decides.
      if (self < peer.id) link.close(secondConnection)
      else clock.after(limits.handshakeMs, () => peer.active !== link && link.close(secondConnection))
    }
  }
}

/** Who dialled us came from a port of the moment; where it listens on that machine it said itself. */
const toldAt = (link: Link, told: readonly Address[]): Address | undefined => {
  const host = parseAddress(bare(link.remoteAddress))?.host
  return told.find((address) => parseAddress(address)?.host === host)
}

const refusalReasons = {
  'another-version': 'another version',
  'another-cluster': 'another cluster',
  duplicate: 'another process with the identity of this node is connected there',
} as const
