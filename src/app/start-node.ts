import { asPeerId, build, isFault, type Log, openLog, sha256, systemClock } from '../base/index.ts'
import { decode, defaultRules, encode } from '../consensus/index.ts'
import { type HostWatch, portHolder, systemPorts, watchHost } from '../host/index.ts'
import { ed25519, type Genesis, type NodeKeys, readGenesis } from '../keys/index.ts'
import { createMachine, takeoverFault } from '../ledger/index.ts'
import { addressOf, type Mesh, type MeshStats, meshWire, openMesh, ownInterfaces, rankAddresses } from '../mesh/index.ts'
import {
  type ClusterFile,
  Member,
  type MeshNumbers,
  Node,
  nodeMetrics,
  readClusterFile,
  type Service,
  writeClusterFile,
} from '../node/index.ts'
import { openStore, type Store } from '../store/index.ts'
import { createPages, createSetupPages, serveSocket, serveWeb } from '../web/index.ts'
import type { Config } from './config.ts'
import { genesisOf, holdFolder, keysOf, notAnotherCluster, notFounder, notMixedUp, roomFirst } from './entering.ts'
import { keepsAdminKey, openSetup } from './setup.ts'
import { type Changeable, thisMachine } from './this-machine.ts'

/** The newest cluster version this program can apply; the leader raises the cluster to what all its members support. */
const supportedVersion = 1

/** A node that runs in this process; disposing stops it in order. */
export type RunningNode = AsyncDisposable & { readonly service: Service; readonly url: string }

interface Running {
  readonly config: Config
  readonly now: Changeable
  readonly log: Log
  readonly keys: NodeKeys
  readonly lock: Disposable
  readonly host: () => HostWatch | null
}

interface Assembled {
  readonly member: Member
  readonly store: Store
  readonly mesh: Mesh
}

/**
 * Builds the adapters, introduces them to the capabilities and starts the node: keys, store, mesh, consensus, then the surfaces, so that nothing
 * is asked before it can answer. What was started before a failure is stopped again.
 */
export const startNode = async (config: Config): Promise<RunningNode> => {
  await using stack = new AsyncDisposableStack()
  const log = await openLog(config.log)
  // Before anything is read or made: two nodes that start in one folder at the same instant must not each make an identity.
  const lock = stack.use(holdFolder(config.data))
  const keys = keysOf(config.data)
  let host: HostWatch | null = null
  const now: Changeable = { name: config.name, zone: config.zone, meshPort: config.mesh.port }
  const running: Running = { config, now, log, keys, lock, host: () => host }
  let assembled: Assembled | null = null
  let keyIsHere = false
  const assemble = async (file: ClusterFile, genesis: Genesis): Promise<Member> => {
    assembled = await openMember(running, file, genesis).catch((error: unknown) => {
      throw roomFirst(error)
    })
    keyIsHere = keepsAdminKey(config.data, genesis.clusterId)
    return assembled.member
  }
  const disassemble = async (): Promise<void> => {
    const parts = assembled
    assembled = null
    await parts?.mesh[Symbol.asyncDispose]()
    parts?.store[Symbol.dispose]()
  }
  stack.defer(disassemble)

  const file = readClusterFile(config.data)
  notMixedUp(file, config.data, keys.peer)
  let url = ''
  const node = new Node({
    clock: systemClock,
    self: {
      peer: keys.peer,
      get name() {
        return now.name
      },
      version: build.version,
    },
    keepsAdminKey: () => keyIsHere,
    identity: () => ({
      peer: keys.peer,
      name: now.name,
      sealingKey: keys.sealing.publicKey,
      tlsFingerprint: null,
      addresses: assembled?.mesh.listenAddresses() ?? plannedAddresses(config, now.meshPort),
      page: url === '' ? null : url,
      version: build.version,
    }),
    member: file === null ? null : await assemble(file, genesisOf(file, config.data)),
    enter: async (text, contacts, asFounder) => {
      const genesis = readGenesis(text, ed25519)
      if (asFounder && genesis.founder.peer !== keys.peer) throw notFounder(genesis)
      const entered = {
        genesis: text,
        self: keys.peer,
        contacts: contacts.map(({ peer, addresses }) => ({ peer, addresses: [...addresses] })),
      }
      const member = await assemble(entered, genesis)
      try {
        writeClusterFile(config.data, entered)
      } catch (error) {
        await disassemble()
        throw error
      }
      return member
    },
    metrics: (member) =>
      nodeMetrics(member, assembled === null ? null : meshNumbers(assembled.mesh.stats()), assembled?.store.timings() ?? null),
    countRecords: () => assembled?.store.count('kv') ?? 0,
    stateRoot: () => assembled?.store.rootAt() ?? { index: 0, root: '' },
  })
  stack.use(node)
  const setup = stack.use(
    openSetup(
      config.data,
      node,
      thisMachine(config, now, () => node.identity()),
    ),
  )
  stack.use(await serveSocket(node, config.socket, log.child('socket'), setup))
  const webLog = log.child('web')
  const web = stack.use(
    await serveWeb(node, {
      ...config.web,
      names: [config.name],
      setup: createSetupPages(setup, {
        self: () => now.name,
        cookie: `bzzz-${sha256(keys.peer).slice(0, 12)}`,
        port: () => Number(URL.parse(url)?.port ?? 0),
        report: (error) => webLog.error('a set-up page failed', { error }),
      }),
      pages: createPages(node, { report: (error) => webLog.error('a page failed', { error }) }),
      log: webLog,
      whoHolds: (port) => portHolder(systemPorts().files, port),
    }),
  )
  url = web.url
  // Looking at the hardware may take seconds on a machine with a broken driver; nothing waits for it.
  const watching = watchHost({ ...systemPorts(), dataFolder: config.data, ollamaUrl: config.ollama.url, clock: systemClock })
  watching.then(
    (found) => {
      host = found
    },
    (error: unknown) => log.warn('the hardware of this machine could not be looked at', { error }),
  )
  stack.defer(async () => (await watching.catch(() => null))?.[Symbol.asyncDispose]())
  log.info('the node runs', { name: now.name, peer: keys.peer, page: url, cluster: node.view().cluster?.name ?? null })
  const started = stack.move()
  return { service: node, url, [Symbol.asyncDispose]: () => started.disposeAsync() }
}

const openMember = async (running: Running, file: ClusterFile, genesis: Genesis): Promise<Assembled> => {
  const { config, now, keys, lock, log } = running
  const ledger = createMachine({ genesis, signatures: ed25519 })
  const store = openStore({
    folder: config.data,
    machine: ledger,
    firstConfiguration: { voters: [asPeerId(genesis.founder.peer)], learners: [] },
    lock,
  })
  try {
    const loaded = store.load()
    notAnotherCluster(store.state, loaded, genesis)
    const { incarnation } = loaded
    const mesh = await openMesh({
      identityKey: keys.privateKeyRaw.reveal(),
      clusterId: genesis.clusterId,
      genesisHash: sha256(genesis.text),
      listen: [{ host: config.mesh.host, port: now.meshPort }],
      announce: config.mesh.announce,
      datastore: store.datastore,
      incarnation,
      version: build.version,
      log: meshLog(log.child('mesh')),
      clock: systemClock,
    })
    const member = new Member({
      self: { peer: keys.peer, name: now.name, zone: now.zone, version: build.version, supports: supportedVersion },
      signer: keys.signer,
      genesis,
      ledger,
      rules: defaultRules((takeover) => takeoverFault(takeover, genesis, ed25519)),
      disk: store,
      state: store.state,
      mesh,
      wire: meshWire(mesh, { encode, decode: decodeOrThrow }),
      skewsMs: () => mesh.sights().flatMap(({ peer }) => mesh.factsOf(peer).skewMs ?? []),
      contacts: file.contacts.map(({ peer, addresses }) => ({ peer: asPeerId(peer), addresses })),
      capabilities: () => running.host()?.current() ?? null,
      clock: systemClock,
      random: Math.random,
      log: log.child('member'),
    })
    return { member, store, mesh }
  } catch (error) {
    store[Symbol.dispose]()
    throw error
  }
}

const meshNumbers = (stats: MeshStats): MeshNumbers => ({
  framesIn: stats.framesReceived,
  framesOut: stats.framesSent,
  bytesIn: stats.bytesReceived,
  bytesOut: stats.bytesSent,
  refused: {
    stranger: stats.strangersRefused,
    handshake: stats.handshakesFailed,
    stream: stats.streamsRefused,
    gossip: stats.gossipRefused,
  },
})

/** The mesh closes the stream on which something came that is no message. */
const decodeOrThrow = (bytes: Uint8Array) => {
  const message = decode(bytes)
  if (isFault(message)) throw message
  return message
}

const meshLog = (log: Log) => ({
  debug: (fields: object, text: string) => log.debug(text, { ...fields }),
  info: (fields: object, text: string) => log.info(text, { ...fields }),
  warn: (fields: object, text: string) => log.warn(text, { ...fields }),
})

/** Where the mesh will listen once this node is in a cluster: what a deployer must know before. */
const plannedAddresses = ({ mesh }: Config, port: number): string[] => {
  const interfaces = ownInterfaces()
  const hosts = mesh.host === '0.0.0.0' || mesh.host === '::' ? [...interfaces.keys()] : [mesh.host]
  const listening = rankAddresses(
    hosts.filter((host) => mesh.host !== '0.0.0.0' || !host.includes(':')).map((host) => addressOf(host, port)),
    { interfaces },
  )
  return [...new Set([...mesh.announce, ...listening])].slice(0, 16)
}
