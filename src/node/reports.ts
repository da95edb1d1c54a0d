import type { Clock, PeerId } from '../base/index.ts'
import { isFault } from '../base/index.ts'
import type { Mesh } from './ports.ts'
import { decodeReport, encodeReport, type Report, reportBytesMax } from './report.ts'

const reportMs = 2_000
const protocol = 'report'

export interface ReportsParts {
  readonly mesh: Pick<Mesh, 'self' | 'send' | 'onFrame'>
  readonly clock: Clock
  readonly others: () => readonly PeerId[]
  readonly own: () => Report
  readonly heard: (from: PeerId, report: Report) => void
}

/** Tells all members every 2 s how this node is and how it sees them, and keeps the latest report of each. */
export class Reports {
  readonly #parts: ReportsParts
  readonly #heard = new Map<PeerId, { report: Report; atMs: number }>()
  #own: Report | null = null

  constructor(parts: ReportsParts) {
    this.#parts = parts
  }

  start(): () => void {
    const { clock, mesh } = this.#parts
    const stopHearing = mesh.onFrame(protocol, (from, frame) => this.#hear(from, frame), {
      frameBytesMax: reportBytesMax,
      perPeerFramesPerSecondMax: 20,
    })
    let cancel = () => {}
    const turn = () => {
      cancel = clock.after(reportMs, turn)
      this.tell()
    }
    turn()
    return () => {
      stopHearing()
      cancel()
    }
  }

  /** Sends a report now, beside the regular ones: something changed that explains what follows, or `peers` have only just come into reach. */
  tell(peers: readonly PeerId[] = this.#parts.others()): void {
    this.#own = this.#parts.own()
    const frame = encodeReport(this.#own)
    for (const peer of peers) this.#parts.mesh.send(peer, protocol, frame)
  }

  /** The latest report of each present member, this node's own included. */
  known(): ReadonlyMap<PeerId, { readonly report: Report; readonly ageMs: number }> {
    const now = this.#parts.clock.nowMs()
    const present = new Set(this.#parts.others())
    for (const peer of this.#heard.keys()) if (!present.has(peer)) this.#heard.delete(peer)
    const all = new Map([...this.#heard].map(([peer, { report, atMs }]) => [peer, { report, ageMs: now - atMs }]))
    if (this.#own !== null) all.set(this.#parts.mesh.self, { report: this.#own, ageMs: 0 })
    return all
  }

  #hear(from: PeerId, frame: Uint8Array): void {
    const report = decodeReport(frame)
    if (isFault(report)) return
    this.#heard.set(from, { report, atMs: this.#parts.clock.nowMs() })
    this.#parts.heard(from, report)
  }
}
