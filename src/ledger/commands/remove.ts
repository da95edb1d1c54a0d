import { z } from 'zod'
import { asPeerId } from '../../base/index.ts'
import { grammar } from '../../keys/index.ts'
import { type CarriedCommand, refuse } from '../command.ts'
import { members } from '../queries.ts'
import { read } from '../rows.ts'
import { closeSession } from '../session.ts'

// `ticket` names the admission that ends (null: the founder's), so an old removal never fits a node that was admitted again.
const schema = z.strictObject({
  kind: z.literal('remove'),
  cluster: grammar.clusterId,
  peer: grammar.peerId,
  ticket: grammar.publicKey.nullable(),
})

export type Removal = z.infer<typeof schema>

/**
 * The admin key ends a membership. The author's session stays, so nothing it ever signed can be played again even if it comes back; only
 * the answers kept for it go.
 */
export const remove: CarriedCommand<'remove', Removal> = {
  kind: 'remove',
  document: 'remove',
  signer: 'admin',
  minClusterVersion: 1,
  bytesMax: 2 * 1024,
  schema,
  apply(scene, { peer, ticket }, { actor }) {
    const { state } = scene
    const row = read(state, 'members', peer)
    if (!row) return refuse('not-a-member', 'This node is not a member.')
    if (row.ticket !== ticket) return refuse('conflict', 'This removal is about an earlier membership of that node.')
    if (members(state).length === 1) return refuse('last-member', 'The last member cannot be removed.')
    state.delete('members', peer)
    closeSession(state, asPeerId(peer))
    scene.audit('removed', { peer, name: row.name, ticket }, actor)
    return { ok: true, peer }
  },
}
