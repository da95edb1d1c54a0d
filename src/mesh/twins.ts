import type { PeerId } from '../base/index.ts'

/** Two running processes prove the same identity: a cloned disk or a copied key. */
export interface Twin {
  readonly peer: PeerId
  /** Where they were seen, as addresses; the first is the one in use here. */
  readonly where: readonly string[]
  /** How it was noticed, as a sentence. */
  readonly how: string
  readonly atMs: number
}

const keptMax = 64

/** Remembers duplicate identities for as long as they keep being seen. */
export class Twins {
  readonly #seen = new Map<PeerId, Twin>()
  readonly #forgetMs: number

  constructor(forgetMs = 10 * 60_000) {
    this.#forgetMs = forgetMs
  }

  /** True when this is news. */
  add(twin: Twin): boolean {
    const before = this.#seen.get(twin.peer)
    if (!before && this.#seen.size >= keptMax) return false
    const where = [...new Set([...(before?.where ?? []), ...twin.where])].slice(0, 8)
    this.#seen.set(twin.peer, { ...twin, where })
    return !before || where.length > before.where.length
  }

  list(nowMs: number): Twin[] {
    for (const [peer, twin] of this.#seen) if (nowMs - twin.atMs > this.#forgetMs) this.#seen.delete(peer)
    return [...this.#seen.values()]
  }
}
