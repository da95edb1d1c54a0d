import type { Connection, Stream } from '@libp2p/interface'
import { asPeerId, type Clock, Fault, isFault, type PeerId } from '../base/index.ts'
import { Bucket } from './bucket.ts'
import type { Counters } from './counters.ts'
import { type Control, decodeControl, encodeControl, type Hello, linkFrameBytesMax } from './greeting.ts'
import { readFrames } from './inlet.ts'
import { Outlet } from './outlet.ts'

/**
 * One connection and its control stream. It begins by greeting; `ready` once the greeting is accepted, and only then does anything else
 * use the connection. `held` in between: another process with this identity may still be alive.
 */
export class Link {
  readonly peer: PeerId
  readonly dialled: boolean
  /** As the connection shows it: where it was dialled, or where it came from. */
  readonly remoteAddress: string
  readonly openedMs: number
  readonly connection: Connection
  /** Resolves when the link is ready, rejects when it never will be. */
  readonly ready: Promise<void>
  state: 'greeting' | 'held' | 'ready' | 'closed' = 'greeting'
  hello: Hello | null = null
  /** Why this side closed it; null while open or when the other side did. */
  closedBecause: string | null = null
  heardMs: number
  #outlet: Outlet | null = null
  #settleReady: { resolve(): void; reject(because: Fault): void }

  constructor(connection: Connection, clock: Clock) {
    this.connection = connection
    this.peer = asPeerId(connection.remotePeer.toString())
    this.dialled = connection.direction === 'outbound'
    this.remoteAddress = connection.remoteAddr.toString()
    this.openedMs = clock.nowMs()
    this.heardMs = this.openedMs
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    this.ready = promise
    this.ready.catch(() => {})
    this.#settleReady = { resolve, reject }
  }

  /** Uses `stream` for control messages. A second one is refused: one link, one stream. */
  attach(stream: Stream, options: { clock: Clock; counters: Counters; onControl(message: Control): void }): void {
    if (this.#outlet || this.state === 'closed') {
      stream.abort(new Fault('bad-frame', 'This connection already has a control stream.'))
      return
    }
    const { clock, counters } = options
    this.#outlet = new Outlet(stream, 2 ** 20, counters)
    const now = clock.nowMs()
    readFrames(stream, {
      frameBytesMax: linkFrameBytesMax,
      // Some forty control messages a second are normal at most; this only stops a peer that floods.
      allowance: { bytes: new Bucket(2 ** 20, now), frames: new Bucket(200, now), inFlight: 0, inFlightMax: 1, waiting: new Set() },
      clock,
      counters,
      listen: (frame) => {
        this.heardMs = clock.nowMs()
        options.onControl(decodeControl(frame))
      },
    })
    // Without its control stream a connection cannot be watched.
    stream.addEventListener('close', () => this.close('its control stream closed'))
  }

  tell(message: Control): void {
    this.#outlet?.write(encodeControl(message))
  }

  becomeReady(): void {
    if (this.state === 'closed') return
    this.state = 'ready'
    this.#settleReady.resolve()
  }

  /** Closes at once; `because` is for the log and for whoever waits for the link. */
  close(because: string): void {
    if (this.state === 'closed') return
    this.closedBecause = because
    this.markClosed()
    this.connection.abort(new Fault('link-closed', `The connection was closed: ${because}.`))
  }

  /** Says goodbye with `message` first, so that the other side learns why. */
  async closeWith(message: Control, because: string): Promise<void> {
    this.tell(message)
    await this.#outlet?.drained()
    // The socket may still hold it: a graceful close flushes, an abort would not.
    this.closedBecause = because
    this.markClosed()
    await this.connection.close({ signal: AbortSignal.timeout(500) }).catch((error: unknown) => {
      this.connection.abort(isFault(error) ? error : new Fault('link-closed', because))
    })
  }

  markClosed(): void {
    if (this.state === 'closed') return
    this.state = 'closed'
    this.#settleReady.reject(new Fault('not-connected', 'The connection closed before it could be used.'))
  }
}

/** Two connections opened closer together than this were dialled by both sides at once. */
export const simultaneousMs = 1_000

type Age = Pick<Link, 'dialled' | 'openedMs'>

/**
 * Which of several connections to one process both sides keep, chosen alike by both: among those dialled at once the one that the lower id
 * dialled, else the newest (an old one may be dead without knowing).
 */
export const keptLink = <Candidate extends Age>(links: readonly Candidate[], self: PeerId, peer: PeerId): Candidate | undefined => {
  const newest = links.reduce<Candidate | undefined>((best, link) => (!best || link.openedMs >= best.openedMs ? link : best), undefined)
  if (!newest) return undefined
  const rivals = links.filter((link) => newest.openedMs - link.openedMs <= simultaneousMs)
  const byLower = rivals.filter((link) => link.dialled === self < peer)
  return byLower.at(-1) ?? newest
}
