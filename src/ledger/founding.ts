import type { StateView } from '../consensus/ports.ts'
import type { Entry } from '../consensus/types.ts'
import type { Genesis } from '../keys/index.ts'
import { audit } from './audit.ts'
import { write, writeMeta } from './rows.ts'

/** The state before the first entry of a cluster: its genesis and its founder. */
export const found = (state: StateView, { index, stampMs }: Entry, genesis: Genesis): void => {
  const { peer, name, sealingKey, tlsFingerprint, addresses } = genesis.founder
  writeMeta(state, { kind: 'genesis', text: genesis.text })
  write(state, 'members', peer, {
    ...{ name, zone: null, sealingKey, tlsFingerprint, addresses, version: null, supports: null, index, stampMs },
    ticket: null,
    proof: null,
  })
  audit(state, stampMs, { actor: 'master', act: 'founded', detail: { cluster: genesis.clusterId, founder: peer, name } })
}
