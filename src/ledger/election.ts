import { z } from 'zod'
import type { PeerId } from '../base/index.ts'
import type { StateReader } from '../consensus/ports.ts'
import { type Genesis, grammar, type Weights, weightsSchema } from '../keys/index.ts'
import { type CommandResult, refuse } from './command.ts'
import { readRecord } from './record.ts'

/** The protected setting that holds what `electionOf` reads. */
export const electionKey = 'bzzz-admin/election'

const electionSchema = z.strictObject({
  weights: weightsSchema.optional(),
  /** How much the operator likes a member to lead, 0 (stands last) to 1. */
  preferences: z
    .array(z.strictObject({ peer: grammar.peerId, preference: z.number().min(0).max(1) }))
    .max(256)
    .optional(),
})

export interface Election {
  readonly weights: Weights
  /** 0 (stands last) to 1; a member that is not named counts as 0.5. */
  readonly preferences: ReadonlyMap<PeerId, number>
}

/** How much each part of a score counts where nobody said otherwise. */
export const defaultWeights: Weights = { stability: 0.3, network: 0.2, headroom: 0.2, capacity: 0.15, preference: 0.15 }

/** Weights and preferences of the weighted election: the protected setting, else genesis, else the defaults. */
export const electionOf = (state: StateReader, genesis: Genesis): Election => {
  const row = readRecord(state, electionKey)
  const setting = electionSchema.safeParse(row?.value ?? {})
  const { weights, preferences = [] } = setting.success ? setting.data : {}
  return {
    weights: weights ?? genesis.weights ?? defaultWeights,
    // Peer ids of the schema's grammar; one that is no member is never asked for.
    preferences: new Map(preferences.map(({ peer, preference }) => [peer as PeerId, preference])),
  }
}

/** Protected settings that the program itself reads must have their form before they are committed. */
export const protectedValueRefusal = (key: string, value: unknown): CommandResult | null =>
  key !== electionKey || electionSchema.safeParse(value).success
    ? null
    : refuse('bad-value', 'Election settings are { weights?: five numbers from 0 to 1, preferences?: [{ peer, preference }] }.')
