import { z } from 'zod'
import { grammar } from '../../keys/index.ts'
import { type CarriedCommand, refuse } from '../command.ts'
import { read, write } from '../rows.ts'

const schema = z.strictObject({ kind: z.literal('revoke-ticket'), cluster: grammar.clusterId, ticket: grammar.publicKey })

export type TicketRevocation = z.infer<typeof schema>

/** An operator closes the door again, before anybody came through. */
export const revokeTicket: CarriedCommand<'revoke-ticket', TicketRevocation> = {
  kind: 'revoke-ticket',
  document: 'revoke-ticket',
  signer: 'operator',
  minClusterVersion: 1,
  bytesMax: 2 * 1024,
  schema,
  apply(scene, { ticket: key }, { actor }) {
    const row = read(scene.state, 'tickets', key)
    if (!row) return refuse('not-found', 'There is no such ticket, or it expired.')
    if (row.state === 'used') return refuse('used', 'This ticket was used already; remove the member instead.')
    if (row.state === 'revoked') return { ok: true, ticket: key }
    write(scene.state, 'tickets', key, { ...row, state: 'revoked' })
    scene.audit('ticket-revoked', { ticket: key }, actor)
    return { ok: true, ticket: key }
  },
}
