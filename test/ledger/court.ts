import { asPeerId, type ClusterId, type Json, type PeerId, type Term } from '../../src/base/index.ts'
import type { Applied, Entry, Payload } from '../../src/consensus/types.ts'
import { ed25519, freshIdentity, freshSigner, makeGenesis, type NodeKeys, readGenesis, type Signer } from '../../src/keys/index.ts'
import { admitCommand, createMachine, type Ledger, sealBatch, ticketCommand } from '../../src/ledger/index.ts'
import { createRows, type Rows } from '../support/rows.ts'

/** A cluster of one founder with real keys, whose state machine is driven entry by entry. */
export interface Court {
  readonly cluster: ClusterId
  readonly founder: NodeKeys
  readonly master: Signer
  readonly admin: Signer
  readonly operator: Signer
  readonly machine: Ledger
  readonly rows: Rows
  /** Stamp of the next entry; tests move it. */
  nowMs: number
  /** Of the next entry; tests move it. */
  term: number
  entry(payload: Payload): Entry
  apply(payload: Payload): Applied
  /** Seals a batch of `by` with its next sequence number and applies it; gives the results. */
  act(by: NodeKeys, ...commands: Json[]): Json[]
  /** The body of a batch, for tests that apply or alter it themselves. */
  seal(by: NodeKeys, commands: readonly Json[], given?: { incarnation?: number; seq?: number; ackedBelow?: number }): string
  /** A joiner with a ticket, admitted. */
  admitted(name: string): NodeKeys & { readonly ticket: string }
}

export const startMs = 1_790_000_000_000
export const hourMs = 3_600_000

export const openCourt = (): Court => {
  const [master, admin, operator] = [freshSigner(), freshSigner(), freshSigner()]
  const founder = freshIdentity()
  const text = makeGenesis(
    {
      name: 'test',
      createdMs: startMs,
      masterPublic: master.publicKey,
      adminPublic: admin.publicKey,
      operators: [{ name: 'ada', publicKey: operator.publicKey }],
      founder: { peer: founder.peer, name: 'one', sealingKey: founder.sealing.publicKey, tlsFingerprint: null, addresses: [] },
    },
    master,
  )
  const genesis = readGenesis(text, ed25519)
  const machine = createMachine({ genesis, signatures: ed25519 })
  const rows = createRows()
  const seqs = new Map<PeerId, number>()
  let index = 0
  const court: Court = {
    ...{ cluster: genesis.clusterId, founder, master, admin, operator, machine, rows, nowMs: startMs, term: 1 },
    entry: (payload) => {
      index++
      court.nowMs++
      return { index, term: court.term as Term, hash: '0'.repeat(64) as Entry['hash'], stampMs: court.nowMs, payload }
    },
    apply: (payload) => machine.apply(rows, court.entry(payload)),
    seal: (by, commands, { incarnation = 1, seq = 1, ackedBelow = seq } = {}) =>
      sealBatch(by.signer, genesis.clusterId, { author: by.peer, incarnation, seq, ackedBelow, commands }),
    act: (by, ...commands) => {
      const seq = (seqs.get(by.peer) ?? 0) + 1
      seqs.set(by.peer, seq)
      const answer = court.apply({ kind: 'batch', body: court.seal(by, commands, { seq }) })
      return (answer as { results: Json[] }).results // Every batch answers with results.
    },
    admitted: (name) => {
      const [keys, ticket] = [freshIdentity(), freshSigner()]
      const joiner = {
        peer: asPeerId(keys.peer),
        name,
        zone: null,
        sealingKey: keys.sealing.publicKey,
        tlsFingerprint: null,
        addresses: [],
      }
      court.act(founder, ticketCommand(genesis.clusterId, ticket.publicKey, court.nowMs + hourMs, operator))
      court.act(founder, admitCommand(genesis.clusterId, joiner, ticket))
      return { ...keys, ticket: ticket.publicKey }
    },
  }
  court.apply({ kind: 'noop', leader: founder.peer })
  return court
}
