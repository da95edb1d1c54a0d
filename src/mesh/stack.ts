import { bootstrap } from '@libp2p/bootstrap'
import { generateKeyPairFromSeed, privateKeyFromRaw } from '@libp2p/crypto/keys'
import { type GossipSub, gossipsub } from '@libp2p/gossipsub'
import { type Identify, identify } from '@libp2p/identify'
import type { Ed25519PrivateKey, Libp2p, PrivateKey } from '@libp2p/interface'
import { type KadDHT, type KadDHTComponents, kadDHT, passthroughMapper } from '@libp2p/kad-dht'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Ping, ping } from '@libp2p/ping'
import { yamux } from '@libp2p/yamux'
import type { Datastore } from 'interface-datastore'
import { createLibp2p } from 'libp2p'
import { asPeerId, type ClusterId, Fault, type Hash, type PeerId } from '../base/index.ts'
import type { Address } from '../node/ports.ts'
import { addressOf } from './address.ts'
import type { Gate } from './gate.ts'
import type { Limits } from './limits.ts'
import { clusterNoise } from './noise.ts'
import { quietLogger } from './quiet.ts'
import { type Inbound, mergingTcp } from './transport.ts'

/** By then the members are known; before, the gate would let nobody be dialled. */
const bootstrapAfterMs = 200

export type Stack = Libp2p<{ identify: Identify; ping: Ping; pubsub: GossipSub; dht: KadDHT }>

export interface StackOptions {
  readonly identityKey: Ed25519PrivateKey
  readonly clusterId: ClusterId
  readonly genesisHash: Hash
  readonly listen: readonly { readonly host: string; readonly port: number }[]
  /** Addresses with /p2p/…, dialled once at the start; later everything comes from the member list. */
  readonly firstContacts: readonly Address[]
  readonly datastore: Datastore
  readonly dhtDatastore: Datastore
  readonly version: string
  readonly gate: Gate
  readonly limits: Limits
  readonly inbound: Inbound
  readonly notice: { onInboundFailed(from: string): void; onOwnIdentity(from: string): void }
}

/** Starts libp2p as this cluster uses it. Faults: `port-in-use`, `cannot-listen`. */
export const startStack = async (options: StackOptions): Promise<Stack> => {
  const { limits } = options
  const own = (name: string): string => `/bzzz/${options.clusterId}/${name}/1`
  const deny = (): never => {
    throw new Error('This cluster keeps no records of this kind.')
  }
  try {
    return await createLibp2p({
      privateKey: options.identityKey,
      nodeInfo: { name: 'bzzz', version: options.version, userAgent: `bzzz/${options.version}` },
      logger: quietLogger,
      datastore: options.datastore,
      addresses: { listen: options.listen.map(({ host, port }) => addressOf(host, port)) },
      transports: [mergingTcp(options.inbound)],
      connectionEncrypters: [clusterNoise(Buffer.from(options.genesisHash, 'hex'), options.notice)],
      // Keep-alive would measure round trips only to grow windows; ours are fixed, and presence frames keep connections busy.
      streamMuxers: [
        yamux({
          enableKeepAlive: false,
          maxInboundStreams: 128,
          maxOutboundStreams: 128,
          streamOptions: { initialStreamWindowSize: limits.windowBytes, maxStreamWindowSize: limits.windowBytes },
        }),
      ],
      connectionGater: options.gate.gater,
      // Both would act beside our own redial loop and presence frames.
      connectionMonitor: { enabled: false },
      connectionManager: {
        maxConnections: limits.connectionsMax,
        inboundConnectionThreshold: limits.inboundPerSecondMax,
        maxIncomingPendingConnections: limits.pendingInboundMax,
        maxParallelDials: limits.dialsAtOnceMax * 2,
        inboundUpgradeTimeout: limits.handshakeMs,
        inboundStreamProtocolNegotiationTimeout: limits.handshakeMs,
        outboundStreamProtocolNegotiationTimeout: limits.handshakeMs,
        reconnectRetries: 0,
      },
      ...(options.firstContacts.length > 0
        ? { peerDiscovery: [bootstrap({ list: [...options.firstContacts], timeout: bootstrapAfterMs, tagTTL: 1 })] }
        : {}),
      services: {
        identify: identify({ protocolPrefix: `bzzz-${options.clusterId}`, maxObservedAddresses: 2 }),
        ping: ping({ protocolPrefix: `bzzz-${options.clusterId}` }),
        pubsub: gossipsub({
          heartbeatInterval: 10_000,
          floodPublish: true,
          emitSelf: false,
          fallbackToFloodsub: false,
          allowPublishToZeroTopicPeers: true,
          ignoreDuplicatePublishError: true,
          maxInboundDataLength: limits.gossipBytesMax * 4,
          maxTopicBytesPerPeer: 64 * 1024,
          maxOutboundBufferSize: 2 ** 20,
          mcacheLength: 3,
          tagMeshPeers: false,
        }),
        dht: (components: KadDHTComponents) =>
          kadDHT({
            clientMode: false,
            protocol: own('kad'),
            peerInfoMapper: passthroughMapper,
            allowQueryWithZeroPeers: true,
            // Nothing is kept until a namespace registers a validator of its own.
            validators: { pk: deny },
            initialQuerySelfInterval: 10_000,
            querySelfInterval: 15 * 60_000,
          })(withDatastore(components, options.dhtDatastore)),
      },
    })
  } catch (cause) {
    throw listenFault(cause, options.listen)
  }
}

/** Stops libp2p; gossipsub forgets the timer of its next heartbeat, which would keep the process alive for its ten seconds. */
export const stopStack = async (stack: Stack): Promise<void> => {
  const status: unknown = Reflect.get(stack.services.pubsub, 'status')
  await stack.stop()
  if (typeof status === 'object' && status !== null && 'heartbeatTimeout' in status) clearTimeout(Number(status.heartbeatTimeout))
}

/** libp2p's components are a proxy that throws for what is not set, so they are named one by one. */
const withDatastore = (components: KadDHTComponents, datastore: Datastore): KadDHTComponents => {
  const { peerId, privateKey, registrar, addressManager, peerStore, connectionManager, events, logger, ping } = components
  return { peerId, privateKey, registrar, addressManager, peerStore, connectionManager, events, logger, ping, datastore }
}

const listenFault = (cause: unknown, listen: StackOptions['listen']): unknown => {
  if (!(cause instanceof Error) || cause.name !== 'UnsupportedListenAddressesError') return cause
  const where = listen.map(({ host, port }) => `${host}:${port}`).join(', ')
  if (/EADDRINUSE|in use/i.test(cause.message))
    return new Fault('port-in-use', `The mesh cannot listen on ${where}: another program uses the port.`, {
      hint: `Stop that program (ss -ltnp shows it) or choose another mesh port.`,
      cause,
    })
  return new Fault('cannot-listen', `The mesh cannot listen on ${where}.`, {
    hint: 'The address must be one of this machine (ip address shows them), or 0.0.0.0 for all.',
    cause,
  })
}

/** The libp2p form of a node's Ed25519 key: its 32-byte seed, its 64 raw bytes, or already a libp2p key. */
export const identityKeyOf = async (key: Uint8Array | PrivateKey): Promise<Ed25519PrivateKey> => {
  const made = !(key instanceof Uint8Array)
    ? key
    : key.byteLength === 32
      ? await generateKeyPairFromSeed('Ed25519', key)
      : privateKeyFromRaw(key)
  if (made.type !== 'Ed25519') throw new Fault('bad-key', 'The node key is not an Ed25519 key.')
  return made
}

/** The peer id that belongs to a node's Ed25519 key. */
export const peerIdOf = async (key: Uint8Array | PrivateKey): Promise<PeerId> =>
  asPeerId(peerIdFromPrivateKey(await identityKeyOf(key)).toString())
