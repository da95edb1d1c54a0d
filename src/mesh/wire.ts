import type { Message } from '../consensus/messages.ts'
import type { Wire } from '../consensus/ports.ts'
import type { Mesh } from './mesh.ts'

/** How consensus messages become bytes. Decoding throws on anything that is not one. */
export interface MessageCodec {
  encode(message: Message): Uint8Array
  decode(bytes: Uint8Array): Message
}

/**
 * Consensus over the mesh: one kept stream per pair. What cannot be sent now is dropped, as the contract of `Wire` allows. A message over
 * the cap of a frame is a bug of whoever made it and throws.
 */
export const meshWire = (mesh: Pick<Mesh, 'send' | 'onFrame' | 'onLost'>, codec: MessageCodec): Wire => ({
  send: (to, message) => void mesh.send(to, 'raft', codec.encode(message)),
  onHeard: (listen) => mesh.onFrame('raft', (from, frame) => listen(from, codec.decode(frame))),
  onLost: (listen) => mesh.onLost(listen),
})
