import { isFault } from '../base/index.ts'
import type { Effect } from './effect.ts'
import type { Happening } from './event.ts'
import type { Disk, SnapshotOffer, Wire } from './ports.ts'

interface World {
  readonly disk: Disk
  readonly wire: Wire
  readonly feed: (happening: Happening) => void
  readonly alive: () => boolean
}

/** Does what an effect asks of disk and wire; other effects are none of its business. */
export const carryOut = (effect: Effect, { disk, wire, feed, alive }: World): void => {
  if (effect.kind === 'send') wire.send(effect.to, effect.message)
  else if (effect.kind === 'commit') commit(effect, { disk, wire, feed, alive })
  else if (effect.kind === 'halt') disk.halt(effect.because)
  else if (effect.kind === 'take-snapshot') {
    const { to, atLeast } = effect
    const offer = orNull(() => disk.snapshots.take(atLeast))
    feed(offer === null ? { kind: 'snapshot-failed', to } : { kind: 'snapshot-taken', to, offer })
  } else if (effect.kind === 'send-chunk') sendChunk(effect, { disk, wire, feed, alive })
  else if (effect.kind === 'keep-chunk') {
    const { from, offer, offset, chunk, round } = effect
    const haveBytes = orNull(() => keepChunk(disk, offer, offset, chunk))
    if (haveBytes !== null) feed({ kind: 'chunk-kept', from, id: offer.id, haveBytes, round })
  }
}

const commit = ({ work, wantsRoot }: Effect & { kind: 'commit' }, { disk, feed, alive }: World): void =>
  disk.commit(work, (outcome) => {
    if (!alive()) return
    if (outcome instanceof Error) feed({ kind: 'commit-failed', fault: outcome })
    else feed({ kind: 'committed', outcome, root: wantsRoot ? disk.root() : null })
  })

const sendChunk = (effect: Effect & { kind: 'send-chunk' }, { disk, wire, feed }: World): void => {
  const { to, offer, offset, lengthMax, round, term, incarnation } = effect
  const bytes = lengthMax === 0 ? empty : orNull(() => disk.snapshots.read(offer.id, offset, lengthMax) ?? null)
  if (bytes === null) feed({ kind: 'snapshot-gone', to })
  else wire.send(to, { kind: 'snapshot', term, incarnation, offer, offset, chunk: Buffer.from(bytes).toString('base64'), round })
}

const keepChunk = (disk: Disk, offer: SnapshotOffer, offset: number, chunk: string): number => {
  const here = disk.snapshots.receive(offer)
  return chunk === '' || offset !== here ? here : disk.snapshots.write(offer.id, offset, Buffer.from(chunk, 'base64'))
}

/** Expected failures of the disk become null: the protocol tries again. */
const orNull = <Value>(act: () => Value): Value | null => {
  try {
    return act()
  } catch (error) {
    if (isFault(error)) return null
    throw error
  }
}

const empty = new Uint8Array(0)
