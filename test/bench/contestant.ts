/** One process of a cluster under test. */
export interface Instance {
  readonly name: string
  readonly socketPath: string
  readonly pid: () => number
  /** Resolves when the write is acknowledged; rejects when it failed or its outcome is unknown. */
  put(key: string, value: string): Promise<unknown>
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>
  start(): Promise<void>
}

/** A cluster under test: ours, or the one it is compared with. */
export interface Contestant extends AsyncDisposable {
  readonly name: 'bzzz' | 'etcd'
  readonly instances: readonly Instance[]
  /** Resolves with the leader once all instances answer, agree on it and are caught up. */
  healthy(): Promise<Instance>
}

const patienceMs = 60_000

/** Looks every 25 ms until there is something; an error of a look counts as nothing. */
export const eventually = async <Value>(what: string, look: () => Promise<Value | null>): Promise<Value> => {
  for (const end = performance.now() + patienceMs; performance.now() < end; await Bun.sleep(25)) {
    const found = await look().catch(() => null)
    if (found !== null) return found
  }
  throw new Error(`${what} did not happen within ${patienceMs / 1000} s`)
}
