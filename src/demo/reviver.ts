import type { DemoNode } from './node.ts'

const reviveAfterMs = 5_000

/** Starts killed nodes again after a few seconds, so that one can kill again and again. */
export class Reviver {
  readonly #nodes: readonly DemoNode[]
  readonly #missedAtMs = new Map<DemoNode, number>()
  readonly #starting = new Set<DemoNode>()

  constructor(nodes: readonly DemoNode[]) {
    this.#nodes = nodes
  }

  /** Call it about twice a second. A start that fails is tried again as if the node had just been killed. */
  look(nowMs: number): void {
    for (const node of this.#nodes) {
      if (node.alive()) this.#missedAtMs.delete(node)
      else if (!this.#missedAtMs.has(node)) this.#missedAtMs.set(node, nowMs)
      else if (this.backInMs(node, nowMs) === 0 && !this.#starting.has(node)) this.#start(node)
    }
  }

  /** How long until it is started again; null while it runs. */
  backInMs(node: DemoNode, nowMs: number): number | null {
    const missedAtMs = this.#missedAtMs.get(node)
    return missedAtMs === undefined ? null : Math.max(0, missedAtMs + reviveAfterMs - nowMs)
  }

  #start(node: DemoNode): void {
    this.#starting.add(node)
    const over = () => {
      this.#starting.delete(node)
      this.#missedAtMs.delete(node)
    }
    node.start().then(over, over)
  }
}
