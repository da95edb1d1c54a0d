import type { ConnectionGater, PeerId as LibPeerId, MultiaddrConnection } from '@libp2p/interface'
import { asPeerId, type PeerId } from '../base/index.ts'
import type { Counters } from './counters.ts'

/** Somebody who is no member tried to come in, or never proved who it is. `peer` is null where nothing was proven. */
export interface Stranger {
  readonly peer: PeerId | null
  readonly address: string
  readonly because: 'not a member' | 'handshake failed'
}

/** Lets members in and out, by the identity they proved, and counts everybody else. */
export interface Gate {
  readonly gater: ConnectionGater
  admits(peer: PeerId): boolean
  setMembers(peers: Iterable<PeerId>): void
}

export const openGate = (counters: Counters, onStranger: (stranger: Stranger) => void): Gate => {
  let members = new Set<PeerId>()
  const admits = (peer: PeerId): boolean => members.has(peer)
  const refuse = (peer: LibPeerId, connection: MultiaddrConnection): boolean => {
    const id = asPeerId(peer.toString())
    if (admits(id)) return false
    counters.strangersRefused += 1
    onStranger({ peer: id, address: connection.remoteAddr.toString(), because: 'not a member' })
    return true
  }
  return {
    admits,
    setMembers: (peers) => {
      members = new Set(peers)
    },
    gater: {
      denyDialPeer: (peer) => !admits(asPeerId(peer.toString())),
      denyInboundEncryptedConnection: refuse,
      denyOutboundEncryptedConnection: refuse,
      filterMultiaddrForPeer: (peer) => admits(asPeerId(peer.toString())),
    },
  }
}
