/** A list of listeners; one that throws is reported and does not keep the others from hearing. */
export class Listeners<Args extends unknown[]> {
  readonly #all = new Set<(...args: Args) => void>()
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError
  }

  add(listen: (...args: Args) => void): () => void {
    this.#all.add(listen)
    return () => void this.#all.delete(listen)
  }

  tell(...args: Args): void {
    for (const listen of this.#all) {
      try {
        listen(...args)
      } catch (error) {
        this.#onError(error)
      }
    }
  }
}
