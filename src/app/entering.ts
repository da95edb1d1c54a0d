import { Fault } from '../base/index.ts'
import type { StateReader } from '../consensus/index.ts'
import { clusterIdOf, type Genesis } from '../keys/index.ts'

/** The refusal to found a cluster whose genesis names another founder. */
export const notFounder = (genesis: Genesis): Fault =>
  new Fault('bad-request', `The genesis of ${genesis.name} names ${genesis.founder.name} as founder, not this node.`, {
    hint: 'Found it there, and let this node join.',
  })

/** Refuses a data folder whose state belongs to another cluster than its cluster file says. */
export const notAnotherCluster = (state: StateReader, genesis: Genesis): void => {
  const row = state.get('meta', 'genesis')
  if (row === undefined) return
  const text: unknown = JSON.parse(row).text
  if (typeof text === 'string' && clusterIdOf(text) === genesis.clusterId) return
  throw new Fault(
    'other-cluster',
    'The state in this data folder belongs to another cluster than its cluster.json says; nothing was changed.',
    {
      hint: 'Put the cluster.json of that cluster back, or start with an empty data folder.',
    },
  )
}
