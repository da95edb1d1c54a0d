/** Time as a port: protocol code is given instants, the runtime and the simulation provide them. */
export interface Clock {
  /** Monotonic milliseconds; only differences mean anything, never comparable between processes. */
  nowMs(): number
  /** Wall clock, milliseconds since 1970. For stamps and display, never for order. */
  wallMs(): number
  /** Runs `act` once after `delayMs`; the returned function cancels it. */
  after(delayMs: number, act: () => void): () => void
  /** Runs `act` after everything that is already queued: the trigger of group commit (a microtask would give batches of one). */
  soon(act: () => void): void
}

export const systemClock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
  after: (delayMs, act) => {
    const timer = setTimeout(act, delayMs)
    return () => clearTimeout(timer)
  },
  soon: (act) => void setImmediate(act),
}

/** A source of numbers in [0, 1). */
export type Random = () => number
