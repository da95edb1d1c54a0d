import { asPeerId } from '../../base/index.ts'
import { type Admission, admissionBytesMax, admissionSchema } from '../../keys/index.ts'
import { type CarriedCommand, refuse } from '../command.ts'
import { membersMax } from '../limits.ts'
import { freeName } from '../member-name.ts'
import { members } from '../queries.ts'
import { read, write } from '../rows.ts'

/**
 * Lets a node in that holds the private half of an open ticket. The ticket signs the whole of what the joiner says of itself, so neither
 * the leader nor the carrier can put another node in its place; ticket and admission stay in the member's row.
 */
export const admit: CarriedCommand<'admit', Admission> = {
  kind: 'admit',
  document: 'admission',
  signer: 'ticket',
  minClusterVersion: 1,
  bytesMax: admissionBytesMax,
  schema: admissionSchema,
  apply(scene, joiner, { by, signed, actor }) {
    const { state, stampMs, index } = scene
    const ticket = read(state, 'tickets', by)
    if (!ticket) return refuse('forbidden', 'No operator issued this ticket, or it expired long ago.')
    if (ticket.state === 'used') return refuse('used', 'This ticket was used already.')
    if (ticket.state === 'revoked') return refuse('revoked', 'This ticket was revoked.')
    if (ticket.expiresMs <= stampMs) return refuse('expired', 'This ticket has expired.')
    const peer = asPeerId(joiner.peer)
    if (scene.signatures.keyOf(peer) === undefined) return refuse('bad-command', 'This peer id holds no Ed25519 key.')
    if (read(state, 'members', peer)) return refuse('already-a-member', 'This node is a member already.')
    if (members(state).length >= membersMax) return refuse('full', `A cluster has at most ${membersMax} members.`)
    const name = freeName(state, joiner.name, peer)
    const { zone, sealingKey, tlsFingerprint, addresses } = joiner
    const proof = { ticket: ticket.signed, admission: signed }
    const facts = { name, zone, sealingKey, tlsFingerprint, addresses, version: null, supports: null }
    write(state, 'members', peer, { ...facts, index, stampMs, ticket: by, proof })
    write(state, 'tickets', by, { ...ticket, state: 'used', usedBy: peer })
    scene.audit('admitted', { peer, name, ticket: by }, actor)
    return { ok: true, peer, name }
  },
}
