import { expect, test } from 'bun:test'
import { asPeerId, Fault, type PeerId, termZero } from '../../src/base/index.ts'
import type { Message } from '../../src/consensus/messages.ts'
import { type MessageCodec, meshWire } from '../../src/mesh/index.ts'

const codec: MessageCodec = {
  encode: (message) => new TextEncoder().encode(JSON.stringify(message)),
  decode: (bytes) => {
    try {
      return JSON.parse(new TextDecoder().decode(bytes))
    } catch {
      throw new Fault('bad-message', 'not a message')
    }
  },
}
const peer = asPeerId('b')
const message: Message = { kind: 'timeout-now', term: termZero, incarnation: 1 }

const fakeMesh = () => {
  const sent: [PeerId, string, Uint8Array][] = []
  let hear: (from: PeerId, frame: Uint8Array) => void | Promise<void> = () => {}
  let lose: (peer: PeerId) => void = () => {}
  return {
    sent,
    hear: (from: PeerId, frame: Uint8Array) => hear(from, frame),
    lose: (gone: PeerId) => lose(gone),
    mesh: {
      send: (to: PeerId, protocol: string, frame: Uint8Array) => {
        sent.push([to, protocol, frame])
        return false
      },
      onFrame: (_: string, listen: typeof hear) => {
        hear = listen
        return () => {
          hear = () => {}
        }
      },
      onLost: (listen: typeof lose) => {
        lose = listen
        return () => {}
      },
    },
  }
}

test('messages travel as frames of one protocol, and a dropped one is nobody’s concern', () => {
  const { mesh, sent, hear } = fakeMesh()
  const wire = meshWire(mesh, codec)
  const heard: [PeerId, Message][] = []
  wire.onHeard((from, what) => heard.push([from, what]))
  wire.send(peer, message)
  expect(sent).toEqual([[peer, 'raft', codec.encode(message)]])
  hear(peer, codec.encode(message))
  expect(heard).toEqual([[peer, message]])
})

test('what is no message throws, so that the mesh closes the stream it came on', () => {
  const { mesh, hear } = fakeMesh()
  meshWire(mesh, codec).onHeard(() => {
    throw new Error('must not be called')
  })
  expect(() => hear(peer, Uint8Array.of(1, 2, 3))).toThrow('not a message')
})

test('a lost process is passed on', () => {
  const { mesh, lose } = fakeMesh()
  const lost: PeerId[] = []
  meshWire(mesh, codec).onLost((gone) => lost.push(gone))
  lose(peer)
  expect(lost).toEqual([peer])
})
