import { type Clock, Fault, type PeerId } from '../base/index.ts'
import type { Effect } from './effect.ts'
import type { Happening } from './event.ts'
import type { State } from './state.ts'
import { createStrongReads } from './strong-reads.ts'
import type { Configuration, Takeover } from './types.ts'

type Done = (fault: Fault | null) => void

interface Options {
  readonly clock: Clock
  readonly feed: (happening: Happening) => void
  readonly incarnation: number
  readonly state: () => State
}

/** Who waits for what on this member: reads, a transfer, changes of members, a take-over. */
export const createPending = ({ clock, feed, incarnation, state }: Options) => {
  const reads = createStrongReads({
    clock,
    feed,
    incarnation,
    appliedIndex: () => state().appliedIndex,
    ready: () => state().leader !== null,
  })
  const changes = new Map<number, Done>()
  const takeovers = new Map<string, Done>()
  let transfer: { to: PeerId; done: Done; cancel: () => void } | null = null
  let nextId = 1

  const endTransfer = (fault: Fault | null): void => {
    const ended = transfer
    transfer = null
    ended?.cancel()
    ended?.done(fault)
  }

  return {
    read: reads.read,
    applied: reads.applied,
    transfer: (to: PeerId, done: Done): void => {
      if (transfer !== null) {
        done(new Fault('busy', 'Leadership is being handed over already.'))
        return
      }
      const cancel = clock.after(transferMsMax, () => endTransfer(new Fault('timeout', 'Nobody was seen to take over leadership in time.')))
      transfer = { to, done, cancel }
      feed({ kind: 'transfer', to })
    },
    reconfigure: (configuration: Configuration, done: Done): void => {
      const id = nextId++
      changes.set(id, done)
      feed({ kind: 'reconfigure', id, configuration })
    },
    takeover: (takeover: Takeover, done: Done): void => {
      if (takeovers.has(takeover.id)) {
        done(new Fault('busy', 'This take-over is under way already.'))
        return
      }
      takeovers.set(takeover.id, done)
      feed({ kind: 'takeover', takeover })
    },
    /** The leader (or that there is none) was announced. */
    led: (leader: PeerId | null): void => {
      if (leader !== null) reads.ask()
      if (transfer === null || leader === null || leader === state().self) return
      endTransfer(leader === transfer.to ? null : new Fault('conflict', 'Another node took over leadership.'))
    },
    answered: (effect: Effect): void => {
      if (effect.kind === 'read-answered') reads.answered(effect.id, effect.index)
      else if (effect.kind === 'transfer-ended') {
        if (transfer?.to === effect.to) endTransfer(effect.fault)
      } else if (effect.kind === 'reconfigured') {
        const done = changes.get(effect.id)
        changes.delete(effect.id)
        done?.(effect.fault)
      } else if (effect.kind === 'takeover-answered') {
        const done = takeovers.get(effect.id)
        takeovers.delete(effect.id)
        done?.(effect.fault)
      }
    },
    stop: (): void => {
      reads.stop()
      transfer?.cancel()
      transfer = null
    },
  }
}

/** Above the core's own limit, for a leader that fell silent while it handed over. */
const transferMsMax = 5000
