import { Fault } from '../base/index.ts'
import { admit, found, isFormed, throwAwayKeys, votersOf } from '../deploy/index.ts'
import type { ClusterView } from '../node/index.ts'
import type { DemoNode } from './nodes.ts'

const formedWithinMs = 30_000

/** Makes one cluster of fresh nodes, the first of them its founder; resolves when all are healthy and vote as they should. */
export const formDemo = async (nodes: readonly DemoNode[], say: (sentence: string) => void): Promise<ClusterView> => {
  const [founder, ...newcomers] = nodes
  if (founder === undefined) throw new Fault('usage', 'A demo needs at least one node.')
  const keys = throwAwayKeys()
  const genesis = await found(founder.client, 'demo', keys, Date.now())
  say(`${founder.name} founded the cluster.`)
  await leads(founder)
  if (newcomers.length > 0) {
    const others = newcomers.map((node) => node.client)
    await admit(founder.client, others, genesis, keys.operator.signer, Date.now())
    say(
      `${newcomers.length} ${newcomers.length === 1 ? 'machine was' : 'machines were'} admitted by ticket and ${newcomers.length === 1 ? 'reads' : 'read'} the log.`,
    )
  }
  const view = await formed(nodes)
  say(
    `${view.members.length} ${view.members.length === 1 ? 'machine is' : 'machines are'} in, ${view.voters.total} of them ${view.voters.total === 1 ? 'votes' : 'vote'}.`,
  )
  return view
}

const leads = (founder: DemoNode): Promise<ClusterView> =>
  until(async () => {
    const view = await founder.client.view()
    return view.leader === null ? null : view
  }, `${founder.name} did not become leader of its own cluster`)

const formed = (nodes: readonly DemoNode[]): Promise<ClusterView> =>
  until(async () => {
    const views = await Promise.all(nodes.map((node) => node.client.view()))
    return views.every((view) => isFormed(view, nodes.length, votersOf(nodes.length))) ? (views[0] ?? null) : null
  }, `${nodes.length} machines did not form a cluster`)

const until = async <Value>(look: () => Promise<Value | null>, otherwise: string): Promise<Value> => {
  for (const end = performance.now() + formedWithinMs; performance.now() < end; await Bun.sleep(20)) {
    const found = await look()
    if (found !== null) return found
  }
  throw new Fault('demo-not-formed', `${otherwise} within ${formedWithinMs / 1000} s.`, {
    hint: 'Run it again; with BZZZ_LOG_LEVEL=debug the nodes say more.',
  })
}
