import { asPeerId, type Json, type PeerId } from '../../src/base/index.ts'
import type { Takeover } from '../../src/consensus/types.ts'
import { type Genesis, makeGenesis, readGenesis } from '../../src/keys/index.ts'
import { admitCommand, makeTakeover, ticketCommand } from '../../src/ledger/index.ts'
import { fakeKeyOf, fakeSignatures, fakeSigner } from '../support/fake-keys.ts'

export const memberNames = ['n1', 'n2', 'n3', 'n4', 'n5', 'n6', 'n7'] as const
export const peerAt = (at: number): PeerId => asPeerId(memberNames[at] ?? `n${at + 1}`)
export const founder = peerAt(0)

/** Wall clock at the start of every simulation: 18 November 2026, 14:00 UTC. */
export const startWallMs = Date.UTC(2026, 10, 18, 14)

const master = fakeSigner('master')
const operator = fakeSigner('operator')

/** The one cluster that all simulations run; its keys cost nothing. */
export const genesis: Genesis = readGenesis(
  makeGenesis(
    {
      name: 'simulated',
      createdMs: startWallMs,
      nonce: '0'.repeat(32),
      masterPublic: master.publicKey,
      adminPublic: fakeKeyOf('admin'),
      operators: [{ name: 'ada', publicKey: operator.publicKey }],
      founder: { peer: founder, name: founder, sealingKey: fakeKeyOf('seal'), tlsFingerprint: null, addresses: [] },
    },
    master,
  ),
  fakeSignatures,
)

/** Lets `peer` in: the ticket an operator signs and the admission the joiner signs with it. */
export const admission = (peer: PeerId): Json[] => {
  const ticket = fakeSigner(`ticket-${peer}`)
  const joiner = { peer, name: peer, zone: null, sealingKey: fakeKeyOf(`seal-${peer}`), tlsFingerprint: null, addresses: [] }
  return [
    ticketCommand(genesis.clusterId, ticket.publicKey, startWallMs + 20 * 24 * 3_600_000, operator),
    admitCommand(genesis.clusterId, joiner, ticket),
  ]
}

/** A take-over signed by the master key. */
export const signedTakeover = (fields: Omit<Takeover, 'body'>): Takeover => {
  const { id, base, configuration, body } = makeTakeover(genesis.clusterId, fields, master)
  return { id, base, configuration, body }
}
