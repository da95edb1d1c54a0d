import type { PeerId, Term } from '../../src/base/index.ts'
import { nextEntry, positionZero } from '../../src/consensus/entry.ts'
import type { Entry, Payload } from '../../src/consensus/types.ts'
import { createMachine, sealBatch } from '../../src/ledger/index.ts'
import { emptyImage, type Image } from '../support/disk-image.ts'
import { fakeSignatures, fakeSigner } from '../support/fake-keys.ts'
import { admission, founder, genesis, startWallMs } from './cluster-keys.ts'

/** The disk that every one of `voters` has after the founder let them all in: a cluster that has already grown. */
export const grownImage = (voters: readonly PeerId[]): Image => {
  const commands = voters.filter((peer) => peer !== founder).flatMap(admission)
  const body = sealBatch(fakeSigner(founder), genesis.clusterId, { author: founder, incarnation: 1, seq: 1, ackedBelow: 1, commands })
  const payloads: Payload[] = [
    { kind: 'noop', leader: founder },
    { kind: 'batch', body },
    { kind: 'configuration', configuration: { voters, learners: [] } },
  ]
  const machine = createMachine({ genesis, signatures: fakeSignatures })
  const image = emptyImage({ voters: [founder], learners: [] })
  const entries: Entry[] = []
  for (const payload of payloads) {
    const entry = nextEntry(entries.at(-1) ?? positionZero, 1 as Term, startWallMs - 1_000_000 + entries.length, payload)
    entries.push(entry)
    machine.apply(image.rows, entry)
  }
  return { ...image, incarnation: 1, ballot: { term: 1 as Term, votedFor: null }, entries, appliedIndex: entries.length }
}
