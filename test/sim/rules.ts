import { defaultRules, type Rules } from '../../src/consensus/index.ts'
import { takeoverFault } from '../../src/ledger/index.ts'
import { fakeSignatures } from '../support/fake-keys.ts'
import { genesis } from './cluster-keys.ts'
import type { Plan } from './plan.ts'

type Limits = Pick<Plan, 'keepEntries' | 'chunkBytes' | 'checkpointEntries' | 'appendEntriesMax'>

/** The program's own numbers, with limits so small that compaction, snapshots and full windows happen all the time. */
export const rulesFor = ({ keepEntries, chunkBytes, checkpointEntries, appendEntriesMax }: Limits): Rules => ({
  ...defaultRules((takeover) => takeoverFault(takeover, genesis, fakeSignatures)),
  keepEntries,
  chunkBytes,
  checkpointEntries,
  appendEntriesMax,
  checkpointMs: 3_000,
  flightsMax: 4,
  commitEntriesMax: 64,
  backlogEntriesMax: 300,
})

export const ordinary: Limits = { keepEntries: 30, chunkBytes: 2_000, checkpointEntries: 20, appendEntriesMax: 16 }
