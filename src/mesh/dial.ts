import type { Connection } from '@libp2p/interface'
import { multiaddr } from '@multiformats/multiaddr'
import type { Clock, PeerId, Random } from '../base/index.ts'
import type { Address } from '../node/ports.ts'
import { rankAddresses, towards } from './address.ts'
import { backoffMs } from './backoff.ts'
import type { Counters } from './counters.ts'
import type { Limits } from './limits.ts'
import { handshakeFailures } from './noise.ts'
import type { Peer } from './peer.ts'

/** Why a dial failed, in the words a person reads. */
export type DialFailure =
  | 'refused'
  | 'timed out'
  | 'unreachable'
  | 'another cluster'
  | 'another identity'
  | 'not bzzz'
  | 'closed'
  | 'no address'

export interface DialOptions {
  readonly self: PeerId
  readonly clock: Clock
  readonly random: Random
  readonly limits: Limits
  readonly counters: Counters
  readonly dial: (address: string, signal: AbortSignal) => Promise<Connection>
  /** A connection has come in that has not shown yet whose it is. */
  readonly someoneIsAtTheDoor: () => boolean
  /** Nobody listens there, on a machine that is up. */
  readonly onRefused: (peer: Peer, address: Address) => void
}

const dialYieldsMax = 6

/**
 * The redial loop: every neighbour that has no connection is dialled, its addresses one after the other with the best first, again and again with
 * growing pauses, for as long as it is a neighbour.
 */
export class Dialler {
  readonly #options: DialOptions
  readonly #waits = new Map<PeerId, { attempt: number; cancel: (() => void) | null }>()
  readonly #queue: Peer[] = []
  readonly #stop = new AbortController()
  #running = 0

  constructor(options: DialOptions) {
    this.#options = options
  }

  /** Dials from the beginning of the backoff: for new neighbours and those just lost. */
  want(peer: Peer): void {
    if (this.#stop.signal.aborted || !peer.neighbour) return
    this.forget(peer)
    this.#waits.set(peer.id, { attempt: 0, cancel: null })
    if (this.#options.self < peer.id || this.#options.limits.dialYieldMs === 0) this.#after(0, peer)
    else this.#yield(peer, dialYieldsMax)
  }

  /** Lets the other side come first, a little longer while somebody is coming in. */
  #yield(peer: Peer, timesLeft: number): void {
    const wait = this.#waits.get(peer.id)
    if (!wait) return
    wait.cancel = this.#options.clock.after(this.#options.limits.dialYieldMs, () => {
      wait.cancel = null
      if (timesLeft > 1 && this.#options.someoneIsAtTheDoor()) this.#yield(peer, timesLeft - 1)
      else this.#enqueue(peer)
    })
  }

  forget(peer: Peer): void {
    this.#waits.get(peer.id)?.cancel?.()
    this.#waits.delete(peer.id)
    const queued = this.#queue.indexOf(peer)
    if (queued >= 0) this.#queue.splice(queued, 1)
  }

  /** Dialling now or about to. */
  isTrying(peer: Peer): boolean {
    return this.#waits.has(peer.id)
  }

  stop(): void {
    for (const wait of this.#waits.values()) wait.cancel?.()
    this.#waits.clear()
    this.#queue.length = 0
    this.#stop.abort()
  }

  /** All known addresses of a peer, best first. */
  addresses(peer: Peer): Address[] {
    return rankAddresses([...peer.member.addresses, ...peer.told], { answered: peer.answered })
  }

  #after(delayMs: number, peer: Peer): void {
    const wait = this.#waits.get(peer.id)
    if (!wait) return
    if (delayMs === 0) {
      this.#enqueue(peer)
      return
    }
    wait.cancel = this.#options.clock.after(delayMs, () => {
      wait.cancel = null
      this.#enqueue(peer)
    })
  }

  #enqueue(peer: Peer): void {
    this.#queue.push(peer)
    this.#next()
  }

  #next(): void {
    while (this.#running < this.#options.limits.dialsAtOnceMax) {
      const peer = this.#queue.shift()
      if (!peer) return
      if (!this.#waits.has(peer.id) || peer.links.length > 0) {
        this.#again(peer)
        continue
      }
      this.#running += 1
      void this.#round(peer).finally(() => {
        this.#running -= 1
        this.#again(peer)
        this.#next()
      })
    }
  }

  /** One try of every address. */
  async #round(peer: Peer): Promise<void> {
    const addresses = this.addresses(peer)
    if (addresses.length === 0) peer.reason ??= 'no address'
    for (const address of addresses) {
      if (peer.links.length > 0 || !this.#waits.has(peer.id)) return
      const failure = await this.dial(peer, address)
      if (!failure) return
      peer.reason = failure
      if (failure === 'refused') this.#options.onRefused(peer, address)
    }
  }

  /** One dial of one address; null when it met the peer. */
  async dial(peer: Peer, address: Address): Promise<DialFailure | null> {
    const { limits, counters, dial } = this.#options
    counters.dials += 1
    const signal = AbortSignal.any([this.#stop.signal, AbortSignal.timeout(limits.connectMs)])
    try {
      await dial(towards(address, peer.id), signal)
      return null
    } catch (error) {
      counters.dialsFailed += 1
      return nameDialFailure(error)
    }
  }

  #again(peer: Peer): void {
    const wait = this.#waits.get(peer.id)
    if (!wait || wait.cancel) return
    if (peer.active) {
      this.#waits.delete(peer.id)
      return
    }
    const { limits, random } = this.#options
    const delayMs = backoffMs(wait.attempt, { firstMs: limits.redialFirstMs, maxMs: limits.redialMaxMs }, random)
    wait.attempt += 1
    this.#after(delayMs, peer)
  }
}

/** Translates what libp2p and the socket throw. */
export const nameDialFailure = (error: unknown): DialFailure => {
  if (!(error instanceof Error)) return 'closed'
  if (error instanceof AggregateError && error.errors.length > 0) return nameDialFailure(error.errors.at(-1))
  const text = error.message
  if (text.includes(handshakeFailures.otherCluster)) return 'another cluster'
  if (text.includes(handshakeFailures.otherIdentity)) return 'another identity'
  if (/ECONNREFUSED|connection refused/i.test(text) || ('code' in error && error.code === 'ECONNREFUSED')) return 'refused'
  if (/EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|EADDRNOTAVAIL/.test(text)) return 'unreachable'
  if (error.name === 'TimeoutError' || error.name === 'AbortError' || /ETIMEDOUT|timed? ?out|aborted/i.test(text)) return 'timed out'
  if (text.includes(handshakeFailures.broken) || error.name === 'EncryptionFailedError') return 'not bzzz'
  return 'closed'
}

export const dialVia =
  (stack: { dial(address: ReturnType<typeof multiaddr>, options: { signal: AbortSignal }): Promise<Connection> }) =>
  (address: string, signal: AbortSignal): Promise<Connection> =>
    stack.dial(multiaddr(address), { signal })
