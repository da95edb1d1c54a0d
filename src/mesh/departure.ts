import type { Clock } from '../base/index.ts'
import type { Address } from '../node/ports.ts'
import { bare, parseAddress } from './address.ts'
import type { Dialler } from './dial.ts'
import type { Link } from './link.ts'
import type { Peer } from './peer.ts'
import { probe } from './probe.ts'

/** A dying process may close its connections before its port: ask again for a moment. */
const pausesMs = [0, 1, 1, 2, 3, 5, 10, 20, 40, 80, 160]
const probeTimeoutMs = 1_000

/**
 * After the last connection to a peer closed: did its process die? True when its port refuses, on the machine it was last seen on; false when
 * it answers or nothing does (then the network may be cut, and nobody may conclude anything). A restarted process shows itself by its greeting.
 */
export const processDied = async (peer: Peer, clock: Clock): Promise<boolean> => {
  const addresses = peer.lastSeenAt
  if (addresses.length === 0) return false
  for (const pauseMs of pausesMs) {
    if (pauseMs > 0) await new Promise<void>((resolve) => clock.after(pauseMs, resolve))
    if (peer.active) return false
    const answers = await Promise.all(addresses.map((address) => probe(address, probeTimeoutMs)))
    if (answers.every((answer) => answer === 'refused')) return true
    if (!answers.some((answer) => answer === 'answers' || answer === 'refused')) return false
  }
  return false
}

/** A peer's listening addresses on the machine its connection led to; else the one that answered last. */
export const lastSeenAt = (peer: Peer, link: Link, dialler: Dialler): Address[] => {
  if (link.dialled) return [bare(link.remoteAddress)]
  const host = parseAddress(bare(link.remoteAddress))?.host
  const same = dialler.addresses(peer).filter((address) => parseAddress(address)?.host === host)
  if (same.length > 0) return same
  return peer.answered ? [peer.answered] : []
}
