import type { Clock, PeerId } from '../base/index.ts'
import { Bucket } from './bucket.ts'
import type { Allowance } from './inlet.ts'
import type { Intake } from './limits.ts'

/** What each peer may still send on one protocol, whatever number of streams and connections it uses. */
export class Allowances {
  readonly #byPeer = new Map<PeerId, Allowance>()
  readonly #intake: Intake
  readonly #clock: Clock

  constructor(intake: Intake, clock: Clock) {
    this.#intake = intake
    this.#clock = clock
  }

  of(peer: PeerId): Allowance {
    const known = this.#byPeer.get(peer)
    if (known) return known
    const now = this.#clock.nowMs()
    const { perPeerBytesPerSecondMax, perPeerFramesPerSecondMax, perPeerInFlightMax } = this.#intake
    const fresh: Allowance = {
      bytes: new Bucket(perPeerBytesPerSecondMax, now),
      frames: new Bucket(perPeerFramesPerSecondMax, now),
      inFlight: 0,
      inFlightMax: perPeerInFlightMax,
      waiting: new Set(),
    }
    this.#byPeer.set(peer, fresh)
    return fresh
  }

  forget(peer: PeerId): void {
    this.#byPeer.delete(peer)
  }
}
