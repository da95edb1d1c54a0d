import { isFault } from '../base/index.ts'
import { type Genesis, open, type PublicKey } from '../keys/index.ts'
import { type CarriedCommand, type CommandResult, type OwnCommand, type Proof, refuse, type Scene, type SignerKind } from './command.ts'
import { admit } from './commands/admit.ts'
import { announce } from './commands/announce.ts'
import { deleteRecord } from './commands/delete.ts'
import { protectedDelete, protectedPut } from './commands/protected.ts'
import { put } from './commands/put.ts'
import { remove } from './commands/remove.ts'
import { revokeTicket } from './commands/revoke-ticket.ts'
import { ticket } from './commands/ticket.ts'
import { version } from './commands/version.ts'
import { clusterVersion } from './queries.ts'
import { readMeta } from './rows.ts'

/** A command as the dispatcher sees it: body types are settled inside, by the command's own schema. */
interface Runnable {
  readonly kind: string
  readonly signer: SignerKind
  readonly minClusterVersion: number
  run(scene: Scene, raw: Readonly<Record<string, unknown>>, term: number): CommandResult
}

const own = <Name extends string, Body>(command: OwnCommand<Name, Body>): Runnable => ({
  kind: command.kind,
  signer: command.signer,
  minClusterVersion: command.minClusterVersion,
  run(scene, raw, term) {
    const body = command.schema.safeParse(raw)
    if (!body.success) return refuse('bad-command', `The fields of this ${command.kind} are not right.`)
    if (command.signer === 'leader' && !leads(scene, term)) return refuse('forbidden', `Only the leader of this term may ${command.kind}.`)
    return command.apply(scene, body.data)
  },
})

const carried = <Name extends string, Body>(command: CarriedCommand<Name, Body>): Runnable => ({
  kind: command.kind,
  signer: command.signer,
  minClusterVersion: command.minClusterVersion,
  run(scene, raw) {
    const { kind, signed, ...more } = raw
    if (typeof signed !== 'string' || Object.keys(more).length > 0) {
      return refuse('bad-command', `The fields of this ${String(kind)} are not right.`)
    }
    const { document, bytesMax, schema } = command
    try {
      const { by, body } = open(signed, { kind: document, cluster: scene.genesis.clusterId, bytesMax, schema }, scene.signatures)
      const actor = actorOf(command.signer, by, scene.genesis)
      if (actor === null) return refuse('forbidden', `This ${command.kind} is not signed by ${article[command.signer]}.`)
      return command.apply(scene, body, { by, actor, signed } satisfies Proof)
    } catch (error) {
      if (!isFault(error)) throw error
      return refuse(codeOf(error.code), error.message)
    }
  },
})

/** Every command there is. A later issue adds its own with the cluster version that first knows it. */
const commands: readonly Runnable[] = [
  own(put),
  own(deleteRecord),
  own(announce),
  own(version),
  carried(ticket),
  carried(revokeTicket),
  carried(admit),
  carried(remove),
  carried(protectedPut),
  carried(protectedDelete),
]

const byKind: ReadonlyMap<string, Runnable> = new Map(commands.map((command) => [command.kind, command]))

/** Who must sign which command: what the table of forbidden acts is tested against. */
export const signerOfCommand: ReadonlyMap<string, SignerKind> = new Map(commands.map(({ kind, signer }) => [kind, signer]))

/** Carries out one command of a batch; whatever is not allowed changes nothing. `audited` says that a refusal belongs into the audit. */
export const runCommand = (scene: Scene, raw: unknown, term: number): { readonly result: CommandResult; readonly audited: boolean } => {
  if (typeof raw !== 'object' || raw === null || Array.isArray(raw)) return { result: unknown, audited: false }
  // A plain object out of JSON.parse.
  const fields = raw as Readonly<Record<string, unknown>>
  const command = typeof fields.kind === 'string' ? byKind.get(fields.kind) : undefined
  // A command that is not yet due answers exactly like one nobody knows: old and new programs must agree on the state.
  if (!command || (command.minClusterVersion > 1 && command.minClusterVersion > clusterVersion(scene.state))) {
    return { result: unknown, audited: false }
  }
  const result = command.run(scene, fields, term)
  const authority = command.signer !== 'member' && command.signer !== 'leader'
  return { result, audited: !result.ok && (authority || result.code === 'forbidden') }
}

const unknown = refuse('unknown-command', 'The cluster does not know this command, or does not know it yet.')

const article = {
  operator: 'an operator of this cluster',
  admin: 'the admin key',
  master: 'the master key',
  ticket: 'a ticket',
} as const

const actorOf = (signer: CarriedCommand<string, unknown>['signer'], by: PublicKey, genesis: Genesis): string | null => {
  switch (signer) {
    case 'operator': {
      const operator = genesis.operators.find(({ publicKey }) => publicKey === by)
      return operator ? `operator ${operator.name}` : null
    }
    case 'admin':
      return by === genesis.adminPublic ? 'admin' : null
    case 'master':
      return by === genesis.masterPublic ? 'master' : null
    case 'ticket':
      // Whether the ticket is known and open is part of the state: the command asks.
      return `ticket ${by}`
  }
}

const leads = (scene: Scene, term: number): boolean => {
  const row = readMeta(scene.state, 'leader')
  return row?.term === term && row.leader === scene.author
}

const codeOf = (code: string): 'too-large' | 'bad-signature' | 'other-cluster' | 'bad-command' =>
  code === 'too-large' || code === 'other-cluster' || code === 'bad-signature'
    ? code
    : code === 'not-signed'
      ? 'bad-signature'
      : 'bad-command'
