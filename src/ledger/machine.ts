import { epochOf, Fault, type Json, termOf } from '../base/index.ts'
import type { Machine, StateView } from '../consensus/ports.ts'
import type { Applied, Configuration, Entry, Takeover } from '../consensus/types.ts'
import type { Genesis, Signatures } from '../keys/index.ts'
import { audit, auditRefusal } from './audit.ts'
import { type Batch, createBatchReader } from './batch.ts'
import type { Scene } from './command.ts'
import { found } from './founding.ts'
import { runCommand } from './registry.ts'
import { readMeta, writeMeta } from './rows.ts'
import { keepAnswer, refusedAnswer, standingOf } from './session.ts'
import { configurationSchema } from './spaces.ts'
import { takeoverFault } from './takeover.ts'
import { keepUsage, readUsage } from './usage.ts'
import { verifySnapshot } from './verify-snapshot.ts'

/** The replicated state machine of a cluster. */
export interface Ledger extends Machine {
  readonly genesis: Genesis
  /**
   * Whether a batch may be proposed at all: size, form, signature, cluster. A leader asks before it appends; the work is not done again at
   * apply. Null if it may.
   */
  check(body: string): Fault | null
}

export interface LedgerOptions {
  readonly genesis: Genesis
  readonly signatures: Signatures
}

/** The state machine that `genesis` founds. Pure: rows and the entry decide, the only time is the entry's stamp. */
export const createMachine = ({ genesis, signatures }: LedgerOptions): Ledger => {
  const batches = createBatchReader(genesis.clusterId, signatures)
  return {
    genesis,
    check(body) {
      const batch = batches.check(body)
      return batch instanceof Fault ? batch : null
    },
    apply(state, entry): Applied {
      if (entry.index === 1) found(state, entry, genesis)
      const { payload, index, stampMs } = entry
      switch (payload.kind) {
        case 'batch':
          return applyBatch({ state, entry, genesis, signatures }, batches.take(payload.body))
        case 'noop':
          if (state.get('members', payload.leader) === undefined) return refuseEntry(state, entry, payload.leader, 'a stranger cannot lead')
          writeMeta(state, { kind: 'leader', leader: payload.leader, term: entry.term, index, stampMs })
          return { leader: payload.leader }
        case 'configuration': {
          const configuration = copied(payload.configuration)
          // A row that no snapshot would be accepted with must not come to be.
          if (!configurationSchema.safeParse(configuration).success)
            return refuseEntry(state, entry, 'unproven', 'these are not names of members')
          writeMeta(state, { kind: 'configuration', configuration, index, stampMs })
          audit(state, stampMs, { actor: readMeta(state, 'leader')?.leader ?? 'leader', act: 'configuration', detail: configuration })
          return { configuration }
        }
        case 'takeover': {
          const fault = takeoverFault(payload, genesis, signatures)
          if (fault) return refuseEntry(state, entry, 'unproven', fault.message)
          if (!standsWhereSigned(entry, payload)) return refuseEntry(state, entry, 'unproven', 'this take-over belongs to another place')
          const { id, body } = payload
          const configuration = copied(payload.configuration)
          writeMeta(state, { kind: 'takeover', id, body, index, stampMs }, `takeover/${id}`)
          writeMeta(state, { kind: 'configuration', configuration, index, stampMs })
          audit(state, stampMs, { actor: 'master', act: 'takeover', detail: { id, base: { ...payload.base }, configuration } })
          return { takeover: id }
        }
        case 'mark':
        case 'checkpoint':
          // Members compare roots around these; the state itself does not change.
          return null
      }
    },
    verifySnapshot: (rows, offer) => verifySnapshot(rows, offer, { genesis, signatures }),
  }
}

interface BatchScene extends LedgerOptions {
  readonly state: StateView
  readonly entry: Entry
}

const applyBatch = ({ state, entry, genesis, signatures }: BatchScene, batch: Batch | Fault): Applied => {
  const { stampMs, index, term } = entry
  if (batch instanceof Fault) {
    auditRefusal(state, stampMs, 'unproven', { index, code: batch.code })
    return refusedAnswer(null, batch)
  }
  const { author, incarnation, seq } = batch
  if (state.get('members', author) === undefined) {
    // Anybody can make keys: what strangers sign is noted under one name, or each new key would bring rows and a share of the audit.
    auditRefusal(state, stampMs, 'stranger', { index, author, code: 'not-a-member' })
    return refusedAnswer(batch, notAMember)
  }
  const standing = standingOf(state, batch)
  if (standing.kind === 'refused') return refusedAnswer(batch, standing.fault)
  // Kept by `keepAnswer`, so JSON.
  if (standing.kind === 'repeated') return { ...(standing.answer as { readonly [fact: string]: Json }), duplicate: true }
  const scene: Scene = {
    state,
    genesis,
    signatures,
    index,
    stampMs,
    author,
    usage: readUsage(state),
    audit: (act, detail, actor = author) => audit(state, stampMs, { actor, act, detail }),
  }
  const results: Json[] = []
  for (const raw of batch.commands) {
    const { result, audited } = runCommand(scene, raw, term)
    if (audited && !result.ok) auditRefusal(state, stampMs, author, { index, command: commandName(raw), code: result.code })
    results.push(result)
  }
  keepUsage(state, scene.usage)
  const answer = { author, incarnation, seq, index, results }
  keepAnswer(state, batch, answer)
  return answer
}

const refuseEntry = (state: StateView, { index, stampMs, payload }: Entry, actor: string, why: string): Applied => {
  auditRefusal(state, stampMs, actor, { index, entry: payload.kind, why })
  return { refused: { code: 'forbidden', message: why } }
}

/** The master names the entry a take-over follows, so that it can never be played again further on. */
const standsWhereSigned = ({ index, term }: Entry, { base }: Takeover): boolean =>
  index === base.index + 1 && term === termOf(epochOf(base.term) + 1, 0)

const notAMember = new Fault('not-a-member', 'Only members write; this node is not one, or no longer.')
const commandName = (raw: unknown): string =>
  typeof raw === 'object' && raw !== null && 'kind' in raw && typeof raw.kind === 'string' ? raw.kind.slice(0, 40) : 'unknown'
const copied = ({ voters, learners }: Configuration) => ({ voters: [...voters], learners: [...learners] })
