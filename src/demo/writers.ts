import { isFault } from '../base/index.ts'
import type { DemoNode } from './node.ts'

export interface Acknowledged {
  readonly key: string
  readonly value: number
}

/** A gap longer than this between two acknowledged writes counts as an interruption and is remembered. */
const gapMs = 100

/**
 * Writes small records through the living nodes, one after another, until stopped. Everything acknowledged is remembered, so that it can be
 * looked for afterwards; a write whose outcome is unknown is counted apart and may be there or not.
 */
export class Writer {
  readonly acknowledged: Acknowledged[] = []
  readonly unknown: Acknowledged[] = []
  /** When the last acknowledgement came, on this process's monotonic clock. */
  lastAckMs = performance.now()
  longestGapMs = 0
  readonly #nodes: readonly DemoNode[]
  readonly #name: string
  readonly #pauseMs: number
  /** When the last acknowledged write began. */
  #ackedBeganMs = 0
  #stopped = false
  #done: Promise<void> | null = null

  /** `pauseMs` between two writes; 0 writes as fast as they are acknowledged. */
  constructor(name: string, nodes: readonly DemoNode[], pauseMs = 0) {
    this.#name = name
    this.#pauseMs = pauseMs
    this.#nodes = nodes
  }

  start(): void {
    this.lastAckMs = performance.now()
    this.#done = this.#write()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    await this.#done
  }

  /** Resolves with the instant of the next acknowledgement of a write that began after this call. */
  async nextAck(limitMs: number): Promise<number | null> {
    const from = performance.now()
    while (performance.now() - from < limitMs) {
      if (this.#ackedBeganMs > from) return this.lastAckMs
      await Bun.sleep(1)
    }
    return null
  }

  async #write(): Promise<void> {
    for (let n = 1; !this.#stopped; n += 1) {
      const living = this.#nodes.filter((node) => node.alive())
      const node = living[n % living.length]
      if (node === undefined) {
        await Bun.sleep(50)
        continue
      }
      const record = { key: `demo/${this.#name}/${n}`, value: n }
      const beganMs = performance.now()
      try {
        await node.client.put(record.key, record.value)
        const now = performance.now()
        if (now - this.lastAckMs > gapMs) this.longestGapMs = Math.max(this.longestGapMs, now - this.lastAckMs)
        this.lastAckMs = now
        this.#ackedBeganMs = beganMs
        this.acknowledged.push(record)
        if (this.#pauseMs > 0) await Bun.sleep(this.#pauseMs)
      } catch (error) {
        this.unknown.push(record)
        if (!isFault(error)) await Bun.sleep(5)
      }
    }
  }
}
