import { type Ticket, ticketBytesMax, ticketSchema } from '../../keys/index.ts'
import { type CarriedCommand, refuse, type Scene } from '../command.ts'
import { ticketLifetimeMsMax, ticketsMax } from '../limits.ts'
import { everyRow, read, write } from '../rows.ts'
import type { Row } from '../spaces.ts'

/** An operator opens the door for one joiner. A ticket is known until it expired, so it can never be brought in a second time. */
export const ticket: CarriedCommand<'ticket', Ticket> = {
  kind: 'ticket',
  document: 'ticket',
  signer: 'operator',
  minClusterVersion: 1,
  bytesMax: ticketBytesMax,
  schema: ticketSchema,
  apply(scene, { ticket: key, expiresMs }, { signed, actor }) {
    const { state, index, stampMs } = scene
    if (expiresMs <= stampMs) return refuse('expired', 'This ticket has expired.')
    if (expiresMs > stampMs + ticketLifetimeMsMax) return refuse('bad-command', 'A ticket is valid for at most 30 days.')
    if (read(state, 'tickets', key)) return refuse('conflict', 'This ticket is known already.')
    if (countAfterPruning(scene) >= ticketsMax)
      return refuse('full', `There are ${ticketsMax} tickets; revoke some or wait until they expire.`)
    write(state, 'tickets', key, { signed, expiresMs, state: 'open', usedBy: null, index, stampMs })
    scene.audit('ticket', { ticket: key, expiresMs }, actor)
    return { ok: true, ticket: key }
  },
}

/** Forgets expired tickets (their use and their return are refused by the stamp from then on); gives how many are left. */
const countAfterPruning = ({ state, stampMs }: Scene): number => {
  let count = 0
  const expired: string[] = []
  for (const { key, value } of everyRow(state, 'tickets')) {
    // Rows of this space, written by apply.
    if ((JSON.parse(value) as Row<'tickets'>).expiresMs <= stampMs) expired.push(key)
    else count++
  }
  for (const key of expired) state.delete('tickets', key)
  return count
}
