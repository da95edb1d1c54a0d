import { type ClusterId, Fault, type Json, type PeerId } from '../base/index.ts'
import { clusterIdOf, freshSigner, makeAdmission, makeGenesis, makeTicket, type Signer } from '../keys/index.ts'
import type { ClusterView, Identity } from '../node/index.ts'

const ticketLifeMs = 15 * 60_000

/** What formation needs of a node: its public keys, and three acts. The typed client of its socket has them. */
export interface FormationNode {
  identity(): Promise<Identity>
  create(genesis: string): Promise<void>
  join(genesis: string, members: readonly { readonly peer: PeerId; readonly addresses: readonly string[] }[]): Promise<void>
  propose(commands: readonly Json[]): Promise<readonly Json[]>
  view(): Promise<ClusterView>
}

export interface ClusterKeys {
  readonly master: Signer
  readonly admin: Signer
  readonly operator: { readonly name: string; readonly signer: Signer }
}

/** Keys that live only in this process: for a demo, a test, a bench. Real ones come from the ceremony. */
export const throwAwayKeys = (): ClusterKeys => ({
  master: freshSigner(),
  admin: freshSigner(),
  operator: { name: 'demo', signer: freshSigner() },
})

/** Founds a cluster on `founder`, which then is its only member and leads. Returns the genesis text. */
export const found = async (founder: FormationNode, name: string, keys: ClusterKeys, createdMs: number): Promise<string> => {
  const { peer, name: nodeName, sealingKey, tlsFingerprint, addresses } = await founder.identity()
  const genesis = makeGenesis(
    {
      name,
      createdMs,
      masterPublic: keys.master.publicKey,
      adminPublic: keys.admin.publicKey,
      operators: [{ name: keys.operator.name, publicKey: keys.operator.signer.publicKey }],
      founder: { peer, name: nodeName, sealingKey, tlsFingerprint, addresses: [...addresses] },
    },
    keys.master,
  )
  await founder.create(genesis)
  return genesis
}

/**
 * Admits `newcomers` through `member`: an operator's ticket for each, their own words signed with it, both in the log, and only then the
 * genesis and addresses to each of them. Resolves when all have taken them; they then read the log by themselves.
 */
export const admit = async (
  member: FormationNode,
  newcomers: readonly FormationNode[],
  genesis: string,
  operator: Signer,
  nowMs: number,
): Promise<void> => {
  const cluster = clusterIdOf(genesis)
  const identities = await Promise.all(newcomers.map((node) => node.identity()))
  const commands = identities.flatMap((identity) => admission(cluster, identity, operator, nowMs))
  for (const result of await member.propose(commands)) refused(result)
  const host = await member.identity()
  const known = [host, ...identities].map(({ peer, addresses }) => ({ peer, addresses }))
  await Promise.all(
    newcomers.map((node, n) =>
      node.join(
        genesis,
        known.filter((one) => one.peer !== identities[n]?.peer),
      ),
    ),
  )
}

const admission = (cluster: ClusterId, identity: Identity, operator: Signer, nowMs: number): Json[] => {
  const { peer, name, sealingKey, tlsFingerprint, addresses } = identity
  const ticket = freshSigner()
  const joiner = { peer, name, zone: null, sealingKey, tlsFingerprint, addresses }
  return [
    { kind: 'ticket', signed: makeTicket(cluster, ticket.publicKey, nowMs + ticketLifeMs, operator) },
    { kind: 'admit', signed: makeAdmission(cluster, joiner, ticket) },
  ]
}

const refused = (result: Json): void => {
  if (typeof result !== 'object' || result === null || Array.isArray(result) || result.ok === true) return
  throw new Fault('forbidden', typeof result.message === 'string' ? result.message : 'The cluster refused the newcomer.')
}

/** True once `members` machines are in, `voters` of them vote, somebody leads and all are healthy, as this node sees it. */
export const isFormed = (view: ClusterView, members: number, voters: number): boolean =>
  view.leader !== null &&
  view.members.length === members &&
  view.voters.total === voters &&
  view.members.every((member) => member.health === 'healthy')

/** How many voters a healthy cluster of `members` machines ends up with: 1, 3 or 5 (section 7 of the design). */
export const votersOf = (members: number): number => (members >= 5 ? 5 : members >= 3 ? 3 : 1)
