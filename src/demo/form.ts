import { Fault } from '../base/index.ts'
import { admit, found, isFormed, throwAwayKeys, votersOf } from '../deploy/index.ts'
import type { ClusterView } from '../node/index.ts'
import type { DemoNode } from './node.ts'

const formedWithinMs = 60_000
const lookEveryMs = 50

/** Makes one cluster of fresh nodes, the first of them its founder; resolves when all are healthy and vote as they should, fails when one ends. */
export const formDemo = async (nodes: readonly DemoNode[], say: (sentence: string) => void): Promise<ClusterView> => {
  const ended = Promise.withResolvers<never>()
  const watching = setInterval(() => {
    const dead = nodes.find((node) => !node.alive())
    if (dead !== undefined) ended.reject(endedAlone([dead]))
  }, lookEveryMs)
  const forming = form(nodes, say)
  forming.catch(() => {})
  try {
    return await Promise.race([forming, ended.promise])
  } finally {
    clearInterval(watching)
  }
}

/** Nodes that the demo did not kill are not there any more. */
export const endedAlone = (nodes: readonly DemoNode[]): Fault =>
  new Fault('demo-node-failed', `${nodes.map((node) => node.name).join(', ')} ended in the middle of the demo.`, {
    hint: 'If nobody killed it, run it again: with BZZZ_LOG_LEVEL=debug the demo keeps the logs of its nodes.',
  })

const form = async (nodes: readonly DemoNode[], say: (sentence: string) => void): Promise<ClusterView> => {
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
  seen(founder, (view) => view.leader !== null, `${founder.name} did not become leader of its own cluster`)

/** The founder sees it first: only then are the others asked, whose machine has enough to do until then. */
const formed = async (nodes: readonly DemoNode[]): Promise<ClusterView> => {
  const holds = (view: ClusterView) => isFormed(view, nodes.length, votersOf(nodes.length))
  const otherwise = `${nodes.length} machines did not form a cluster`
  const [founder, ...others] = nodes
  if (founder === undefined) throw new Fault('usage', 'A demo needs at least one node.')
  const view = await seen(founder, holds, otherwise)
  await Promise.all(others.map((node) => seen(node, holds, otherwise)))
  return view
}

/** The first view of a node that shows what is waited for. */
const seen = async (node: DemoNode, holds: (view: ClusterView) => boolean, otherwise: string): Promise<ClusterView> => {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), formedWithinMs)
  try {
    for await (const view of node.client.watch(lookEveryMs, stop.signal)) if (holds(view)) return view
  } finally {
    clearTimeout(timer)
    stop.abort()
  }
  throw new Fault('demo-not-formed', `${otherwise} within ${formedWithinMs / 1000} s.`, {
    hint: 'Run it again; with BZZZ_LOG_LEVEL=debug the demo keeps the logs of its nodes.',
  })
}
