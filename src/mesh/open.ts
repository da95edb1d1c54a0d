import { randomBytes } from 'node:crypto'
import type { PeerId } from '../base/index.ts'
import type { Address, MeshMember } from '../node/ports.ts'
import { bare, ownInterfaces, publishable, rankAddresses } from './address.ts'
import { BoundedDatastore } from './bounded-datastore.ts'
import { newCounters } from './counters.ts'
import { lastSeenAt, processDied } from './departure.ts'
import { diagnosePeer } from './diagnose.ts'
import { Dialler, dialVia } from './dial.ts'
import { Listeners } from './events.ts'
import { openGate, type Stranger } from './gate.ts'
import { Gossip } from './gossip.ts'
import { type Hello, linkProtocol } from './greeting.ts'
import { defaultLimits, type Limits } from './limits.ts'
import type { Link } from './link.ts'
import { matrixOf, ownTrips } from './matrix.ts'
import type { Mesh, MeshOptions } from './mesh.ts'
import { neighbours } from './neighbours.ts'
import { type Peer, skewMsOf } from './peer.ts'
import { Presence } from './presence.ts'
import { Protocols } from './protocols.ts'
import { Roster } from './roster.ts'
import { sightOf } from './sight.ts'
import { identityKeyOf, peerIdOf, startStack, stopStack } from './stack.ts'
import { Twins } from './twins.ts'

/** What other members may make the DHT of this node remember. */
const dhtKeysMax = 4_096

/** Starts the mesh: nobody is let in until `setMembers`. Faults: `port-in-use`, `cannot-listen`, `bad-key`. */
export const openMesh = async (options: MeshOptions): Promise<Mesh> => {
  const { clock, log, clusterId } = options
  const random = options.random ?? Math.random
  const limits: Limits = { ...defaultLimits, ...options.limits }
  const counters = newCounters()
  const twins = new Twins()
  const identityKey = await identityKeyOf(options.identityKey)
  const self = await peerIdOf(identityKey)
  const boot = randomBytes(8).toString('hex')
  const onError = (error: unknown): void => log.warn({ error }, 'a listener of the mesh failed')

  const strangers = new Listeners<[Stranger]>(onError)
  const lost = new Listeners<[PeerId]>(onError)
  const sighted = new Listeners<[]>(onError)
  const connected = new Listeners<[Peer]>(onError)
  const disconnected = new Listeners<[Peer, Link]>(onError)
  const replaced = new Listeners<[Peer]>(onError)
  const changed = new Listeners<[Peer]>(onError)
  const onTwin = (peer: PeerId): void => log.warn({ peer, duplicates: twins.list(clock.wallMs()) }, 'two processes run with one identity')

  const inbound = { pending: 0 }
  const gate = openGate(counters, (stranger) => strangers.tell(stranger))
  const stack = await startStack({
    identityKey,
    clusterId,
    genesisHash: options.genesisHash,
    listen: options.listen,
    firstContacts: options.firstContacts ?? [],
    datastore: options.datastore,
    dhtDatastore: new BoundedDatastore(dhtKeysMax),
    version: options.version,
    gate,
    limits,
    inbound,
    notice: {
      onInboundFailed: (address) => {
        counters.handshakesFailed += 1
        strangers.tell({ peer: null, address, because: 'handshake failed' })
      },
      onOwnIdentity: (address) => {
        const how = 'another process with the identity of this node dialled it'
        if (twins.add({ peer: self, where: ['this machine', bare(address)], how, atMs: clock.wallMs() })) onTwin(self)
      },
    },
  })

  const listenAddresses = (): Address[] => {
    const own = stack.getMultiaddrs().map((address) => bare(address.toString()))
    return [...new Set([...(options.announce ?? []).map(bare), ...publishable(rankAddresses(own, { interfaces: ownInterfaces() }))])].slice(
      0,
      16,
    )
  }
  const hello = (): Hello => ({
    kind: 'hello',
    protocol: linkProtocol,
    cluster: clusterId,
    version: options.version.slice(0, 64),
    boot,
    incarnation: options.incarnation,
    wallMs: clock.wallMs(),
    addresses: listenAddresses(),
  })

  const linkPath = `/bzzz/${clusterId}/link/1`
  const roster = new Roster({
    self,
    clusterId,
    clock,
    limits,
    counters,
    twins,
    hello,
    openStream: (connection) => connection.newStream(linkPath, { signal: AbortSignal.timeout(limits.handshakeMs) }),
    connected,
    disconnected,
    replaced,
    control: (peer, link, message) => presence.hear(peer, link, message),
    onTwin: (peer) => onTwin(peer.id),
  })
  const dialler = new Dialler({
    self,
    clock,
    random,
    limits,
    counters,
    dial: dialVia(stack),
    someoneIsAtTheDoor: () => inbound.pending > 0,
    onRefused: (peer, address) => {
      if (peer.lastSeenAt.includes(address)) announceDeath(peer)
    },
  })
  let leader: PeerId | null = null
  const presence = new Presence({
    self,
    boot,
    clock,
    random,
    limits,
    peers: roster.peers,
    twins,
    leader: () => leader,
    changed,
    onTwin,
  })
  const protocols = new Protocols({
    stack,
    clusterId,
    roster,
    clock,
    limits,
    counters,
    onError,
    onRefused: (peer, protocol, because) => log.warn({ peer, protocol, code: because.code }, because.message),
  })
  const gossip = new Gossip(stack.services.pubsub, { clusterId, clock, limits, counters, admits: gate.admits, onError })

  const announceLost = (peer: Peer): void => {
    log.info({ peer: peer.id }, 'the process of this peer is gone')
    lost.tell(peer.id)
  }
  /** Once per process: the probe after its last connection and each later dial may find that it is gone. */
  const announceDeath = (peer: Peer): void => {
    if (closing || peer.active || !peer.process || peer.process.lost) return
    peer.process.lost = true
    presence.gone(peer, 'refused')
    announceLost(peer)
    sighted.tell()
  }
  connected.add((peer) => {
    dialler.forget(peer)
    log.info({ peer: peer.id, over: peer.active?.remoteAddress }, 'connected')
    presence.begin(peer)
    sighted.tell()
  })
  replaced.add(announceLost)
  disconnected.add((peer, link) => {
    log.info({ peer: peer.id, because: link.closedBecause ?? 'the other side closed it' }, 'disconnected')
    sighted.tell()
    if (closing) return
    const process = peer.process
    peer.lastSeenAt = lastSeenAt(peer, link, dialler)
    processDied(peer, clock).then((died) => {
      if (died && peer.process === process) announceDeath(peer)
    }, onError)
    dialler.want(peer)
  })
  changed.add(() => sighted.tell())

  let closing = false
  let members: readonly MeshMember[] = []
  let voters: readonly PeerId[] = []
  const applyMembers = (): void => {
    const kept = new Set(neighbours(self, [self, ...members.map(({ peer }) => peer)], voters))
    gate.setMembers(members.map(({ peer }) => peer).filter((peer) => peer !== self))
    for (const gone of roster.setMembers(members, kept)) {
      dialler.forget(gone)
      protocols.forget(gone.id)
      gossip.forget(gone.id)
    }
    for (const peer of roster.peers.values()) if (peer.neighbour && !peer.active && !dialler.isTrying(peer)) dialler.want(peer)
  }

  stack.addEventListener('connection:open', (event) => roster.opened(event.detail))
  stack.addEventListener('connection:close', (event) => roster.closed(event.detail))
  await stack.handle(linkPath, (stream, connection) => roster.accept(stream, connection), { maxInboundStreams: 1, maxOutboundStreams: 1 })

  return {
    self,
    setMembers: (list) => {
      members = list.slice(0, limits.membersMax)
      applyMembers()
    },
    setVoters: (list) => {
      voters = list
      applyMembers()
    },
    setLeader: (peer) => {
      leader = peer
    },
    listenAddresses,
    send: (to, protocol, frame) => protocols.send(to, protocol, frame),
    onFrame: (protocol, listen, intake) => protocols.onFrame(protocol, listen, intake),
    request: (to, protocol, body, requestOptions) => protocols.request(to, protocol, body, requestOptions),
    handle: (protocol, schema, answer, intake) => protocols.handle(protocol, schema, answer, intake),
    gossip: (topic, hint) => gossip.say(topic, hint),
    onGossip: (topic, listen) => gossip.listen(topic, listen),
    onLost: (listen) => lost.add(listen),
    sights: () => [...roster.peers.values()].map((peer) => sightOf(peer, presence.health(peer.id), clock.nowMs())),
    onSight: (listen) => sighted.add(listen),
    factsOf: (id) => {
      const peer = roster.peers.get(id)
      return {
        version: peer?.version ?? null,
        incarnation: peer?.process?.incarnation ?? null,
        skewMs: peer ? skewMsOf(peer) : null,
        addresses: peer ? dialler.addresses(peer) : [],
      }
    },
    roundTrips: () => ownTrips(roster.peers.values()),
    matrix: () => matrixOf(self, roster.peers),
    duplicates: () => twins.list(clock.wallMs()),
    onStranger: (listen) => strangers.add(listen),
    diagnose: (id) =>
      diagnosePeer(id, {
        peer: roster.peers.get(id),
        dialler,
        twins: twins.list(clock.wallMs()),
        version: options.version,
        nowMs: clock.nowMs(),
        timeoutMs: limits.connectMs,
      }),
    stats: () => {
      const connections = stack.getConnections()
      return {
        ...counters,
        members: roster.peers.size,
        peersConnected: [...roster.peers.values()].filter(({ active }) => active).length,
        connections: connections.length,
        streams: connections.reduce((sum, connection) => sum + connection.streams.length, 0),
      }
    },
    [Symbol.asyncDispose]: async () => {
      if (closing) return
      closing = true
      presence.stop()
      dialler.stop()
      await stopStack(stack)
    },
  }
}
