import type { Service } from '../../src/node/service.ts'
import type { ClusterView } from '../../src/node/view.ts'

/** A service that shows what it is told to: `show` replaces the view and tells who watches, at once. */
export class FakeService implements Pick<Service, 'view' | 'watch'> {
  readonly #watchers = new Set<() => void>()
  #view: ClusterView

  constructor(view: ClusterView) {
    this.#view = view
  }

  view(): ClusterView {
    return this.#view
  }

  watch(listen: () => void): () => void {
    this.#watchers.add(listen)
    return () => void this.#watchers.delete(listen)
  }

  show(view: ClusterView): void {
    this.#view = view
    for (const listen of [...this.#watchers]) listen()
  }

  get watchers(): number {
    return this.#watchers.size
  }
}
