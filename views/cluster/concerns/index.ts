import type { ClusterView } from '../../../src/node/view.ts'
import type { Tone } from '../../parts/index.ts'
import type { Concern } from './concern.ts'
import { joining, lowDisks, ollamaWarnings, versions } from './machines.ts'
import { down, staleCopy, suspected } from './silence.ts'
import { missingVoters, tooFew } from './votes.ts'

export type { Concern }

const worstFirst: readonly Tone[] = ['bad', 'warn', 'info', 'off', 'ok']
const kinds = [staleCopy, down, suspected, missingVoters, lowDisks, ollamaWarnings, joining, versions, tooFew]

/** What wants attention, worst first; empty where everything is as it should be. */
export const concerns = (view: ClusterView): readonly Concern[] =>
  view.cluster === null
    ? []
    : kinds.flatMap((kind) => kind(view)).sort((one, other) => worstFirst.indexOf(one.tone) - worstFirst.indexOf(other.tone))
