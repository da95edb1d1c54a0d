import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { asPeerId, Fault, isFault, type PeerId } from '../base/index.ts'
import type { Loaded, StateReader } from '../consensus/index.ts'
import { clusterIdOf, ed25519, ensurePrivateFolder, type Genesis, loadOrCreateIdentity, type NodeKeys, readGenesis } from '../keys/index.ts'
import { type ClusterFile, readClusterFile } from '../node/index.ts'
import { databaseName, hasHistory, lockFolder } from '../store/index.ts'

/** The refusal to found a cluster whose genesis names another founder. */
export const notFounder = (genesis: Genesis): Fault =>
  new Fault('bad-request', `The genesis of ${genesis.name} names ${genesis.founder.name} as founder, not this node.`, {
    hint: 'Found it there, and let this node join.',
  })

/** The genesis of the cluster that this node is in; the Fault names the file. */
export const genesisOf = (file: ClusterFile, data: string): Genesis => {
  try {
    return readGenesis(file.genesis, ed25519)
  } catch (cause) {
    if (!isFault(cause)) throw cause
    const why = cause.message.replace(/^This genesis cannot be trusted: /, '').toLowerCase()
    throw new Fault('damaged-file', `The genesis in ${join(data, 'cluster.json')} cannot be trusted: ${why}`, {
      hint: 'Copy `genesis` from the cluster.json of another member, or move the data folder away and join again.',
      cause,
    })
  }
}

/** The keys of this node; made where the folder is fresh, never where they are missing from a folder that was used. */
export const keysOf = (data: string): NodeKeys =>
  loadOrCreateIdentity(data, { mayCreate: readClusterFile(data) === null && !existsSync(join(data, databaseName)) })

/** Refuses a folder that was put together from several nodes, or has lost a part: this node would vote with the memory of another, or none. */
export const notMixedUp = (file: ClusterFile | null, data: string, peer: PeerId): void => {
  if (file === null) {
    if (!hasHistory(data)) return
    throw new Fault('damaged-file', `${join(data, 'cluster.json')} is missing, though the database beside it belongs to a cluster.`, {
      hint: 'Restore it, or take that of another member without its `self`; or start with an empty data folder and join again.',
    })
  }
  if (file.self !== undefined && file.self !== peer) {
    throw new Fault('other-identity', `The data folder ${data} belongs to node ${file.self}, but identity.json to ${peer}.`, {
      hint: 'Put the identity.json of that node back, or start with an empty data folder and join again.',
    })
  }
  const database = join(data, databaseName)
  if (!existsSync(database)) {
    throw new Fault('damaged-database', `The database ${database} is missing, though this node is in a cluster.`, {
      hint: 'Restore it, or move the data folder away and let this node join the cluster anew; the others have everything it had.',
    })
  }
}

/** Refuses a data folder whose state belongs to another cluster than its cluster file says. Before the first batch the state names none, but the log its founder. */
export const notAnotherCluster = (state: StateReader, loaded: Loaded, genesis: Genesis): void => {
  const row = state.get('meta', 'genesis')
  const text: unknown = row === undefined ? undefined : JSON.parse(row).text
  const fits =
    row === undefined
      ? loaded.base.index > 0 || loaded.baseConfiguration.voters.includes(asPeerId(genesis.founder.peer))
      : typeof text === 'string' && clusterIdOf(text) === genesis.clusterId
  if (fits) return
  throw new Fault('other-cluster', 'The state in this data folder belongs to another cluster than its cluster.json says.', {
    hint: 'Put the cluster.json of that cluster back, or start with an empty data folder.',
  })
}

/** Holds the data folder for this process, as long as it is not disposed. */
export const holdFolder = (data: string): Disposable => {
  try {
    ensurePrivateFolder(data)
    return lockFolder(data)
  } catch (error) {
    throw roomFirst(error)
  }
}

/** A full disk at the start: nothing goes on by itself yet. */
export const roomFirst = (error: unknown): unknown =>
  isFault(error, 'disk-full') ? new Fault('disk-full', error.message, { hint: 'Free some space, then try again.', cause: error }) : error
