import type { Stream } from '@libp2p/interface'
import { StreamState, YamuxStream } from '@libp2p/yamux/stream'

/**
 * Lets the peer's window run down to half before it is filled up again. yamux answers every message with an update of its own, which costs
 * an encrypted frame in each direction for nothing while messages are small.
 */
export const calmWindow = (stream: Stream): void => {
  if (!(stream instanceof YamuxStream)) return
  const update = stream.sendWindowUpdate.bind(stream)
  stream.sendWindowUpdate = () => {
    if (stream.state === StreamState.Established && stream.recvWindowCapacity > stream.recvWindow / 2) return
    update()
  }
}
