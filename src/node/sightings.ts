import type { PeerId } from '../base/index.ts'
import type { PeerSight } from './ports.ts'

const slotMs = 10_000
const slotsKept = 360

interface Track {
  /** Healthy and all observations per 10 s slot, oldest first: one hour. */
  readonly slots: { healthy: number; all: number }[]
  observedMs: number
  restarts: number
}

export interface Sighting {
  /** Share of the observations of the last hour in which the peer was healthy, 0 to 1. */
  readonly healthyShare: number
  readonly observedMs: number
  readonly restarts: number
  readonly rttMs: number | null
  readonly answers: boolean
}

/** How steadily this node has seen each of the others over the last hour: its part of everybody's stability score. */
export class Sightings {
  readonly #tracks = new Map<PeerId, Track>()
  readonly #sights = new Map<PeerId, PeerSight>()
  #slotStartMs: number
  #lastMs: number

  constructor(nowMs: number) {
    this.#slotStartMs = nowMs
    this.#lastMs = nowMs
  }

  /** Takes one observation of all peers; call it about once a second. Forgets peers that are no longer listed. */
  observe(sights: readonly PeerSight[], nowMs: number): void {
    const turn = nowMs - this.#slotStartMs >= slotMs
    const sinceMs = nowMs - this.#lastMs
    if (turn) this.#slotStartMs = nowMs
    this.#lastMs = nowMs
    const listed = new Set(sights.map((sight) => sight.peer))
    for (const peer of this.#tracks.keys()) if (!listed.has(peer)) this.#tracks.delete(peer)
    for (const sight of sights) {
      const track = this.#track(sight.peer)
      if (turn || track.slots.length === 0) track.slots.push({ healthy: 0, all: 0 })
      if (track.slots.length > slotsKept) track.slots.shift()
      const slot = track.slots.at(-1)
      if (slot === undefined || sight.health === 'unknown') continue
      slot.all += 1
      if (sight.health === 'healthy') slot.healthy += 1
      track.observedMs += sinceMs
      this.#sights.set(sight.peer, sight)
    }
  }

  /** A peer came back as a new process. */
  restarted(peer: PeerId): void {
    this.#track(peer).restarts += 1
  }

  of(peer: PeerId): Sighting | null {
    const track = this.#tracks.get(peer)
    const sight = this.#sights.get(peer)
    if (track === undefined || sight === undefined) return null
    const all = track.slots.reduce((sum, slot) => sum + slot.all, 0)
    if (all === 0) return null
    const healthy = track.slots.reduce((sum, slot) => sum + slot.healthy, 0)
    const { observedMs, restarts } = track
    return { healthyShare: healthy / all, observedMs, restarts, rttMs: sight.rttMs, answers: sight.health === 'healthy' }
  }

  all(): Record<PeerId, Sighting> {
    const table: Record<PeerId, Sighting> = {}
    for (const peer of this.#tracks.keys()) {
      const sighting = this.of(peer)
      if (sighting !== null) table[peer] = sighting
    }
    return table
  }

  #track(peer: PeerId): Track {
    const known = this.#tracks.get(peer)
    if (known !== undefined) return known
    const fresh: Track = { slots: [], observedMs: 0, restarts: 0 }
    this.#tracks.set(peer, fresh)
    return fresh
  }
}
