import type { ClusterId, Json, PeerId } from '../base/index.ts'
import { type Joiner, makeAdmission, makeTicket, type PublicKey, type Signer, sign } from '../keys/index.ts'
import type { Announcement } from './commands/announce.ts'

/** The commands of a batch, ready to be sealed. Those that somebody else must sign take that signer. */

export const putCommand = (key: string, value: Json, expect?: number): Json =>
  expect === undefined ? { kind: 'put', key, value } : { kind: 'put', key, value, expect }

export const deleteCommand = (key: string, expect?: number): Json =>
  expect === undefined ? { kind: 'delete', key } : { kind: 'delete', key, expect }

export const announceCommand = (announcement: Announcement): Json => ({ kind: 'announce', ...announcement })

export const versionCommand = (to: number): Json => ({ kind: 'version', to })

export const ticketCommand = (cluster: ClusterId, ticket: PublicKey, expiresMs: number, operator: Signer): Json =>
  carry('ticket', makeTicket(cluster, ticket, expiresMs, operator))

export const revokeTicketCommand = (cluster: ClusterId, ticket: PublicKey, operator: Signer): Json =>
  carry('revoke-ticket', sign(operator, 'revoke-ticket', cluster, { ticket }))

export const admitCommand = (cluster: ClusterId, joiner: Joiner, ticket: Signer): Json =>
  carry('admit', makeAdmission(cluster, joiner, ticket))

/** `ticket`: the one the member came in with (its row says), null for the founder. */
export const removeCommand = (cluster: ClusterId, peer: PeerId, ticket: PublicKey | null, admin: Signer): Json =>
  carry('remove', sign(admin, 'remove', cluster, { peer, ticket }))

/** `version`: the one this write makes, one more than the record has now (tombstones count). */
export const protectedPutCommand = (cluster: ClusterId, key: string, value: Json, version: number, admin: Signer): Json =>
  carry('protected-put', sign(admin, 'protected-put', cluster, { key, value, version }))

export const protectedDeleteCommand = (cluster: ClusterId, key: string, version: number, admin: Signer): Json =>
  carry('protected-delete', sign(admin, 'protected-delete', cluster, { key, version }))

/** A command around a text that was signed elsewhere (a joiner's admission, an operator's ticket). */
export const carry = (kind: string, signed: string): Json => ({ kind, signed })
