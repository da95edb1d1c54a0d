import { connect, type Socket } from 'node:net'
import { AbortError, type Transport, type Upgrader } from '@libp2p/interface'
import { type TCPComponents, tcp } from '@libp2p/tcp'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Uint8ArrayList } from 'uint8arraylist'
import { Fault } from '../base/index.ts'
import { parseAddress } from './address.ts'

/** What waits for the end of the tick counts as much as a full socket. */
const pendingBytesMax = 512 * 1024

/** Connections that others opened and that have not shown yet who they are. */
export interface Inbound {
  pending: number
}

/**
 * libp2p's TCP with two changes. All that is written in one tick leaves as one write to the socket: noise writes the length of a message
 * apart from it, and yamux answers each message with a frame of its own. And connecting does not hand its abort signal to `net.connect`:
 * Bun reports the abort as an `error` event when nobody listens any more, which would end the process.
 */
export const mergingTcp =
  (inbound: Inbound) =>
  (components: TCPComponents): Transport => {
    const transport = tcp()(components)
    Object.assign(transport, { _connect: openSocket })
    const dial = transport.dial.bind(transport)
    const createListener = transport.createListener.bind(transport)
    return Object.assign(transport, {
      dial: (address: Multiaddr, options: Parameters<typeof dial>[1]) =>
        dial(address, { ...options, upgrader: merging(options.upgrader, inbound) }),
      createListener: (options: Parameters<typeof createListener>[0]) =>
        createListener({ ...options, upgrader: merging(options.upgrader, inbound) }),
    })
  }

/** The upgrader is where both directions' sockets pass by. */
const merging = (upgrader: Upgrader, inbound: Inbound): Upgrader =>
  new Proxy(upgrader, {
    get: (target, name) => {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]): unknown => {
        const [connection] = args
        if ((name === 'upgradeInbound' || name === 'upgradeOutbound') && isSocketConnection(connection)) mergeWrites(connection)
        const result: unknown = member.apply(target, args)
        if (name === 'upgradeInbound' && result instanceof Promise) {
          inbound.pending += 1
          const over = () => {
            inbound.pending -= 1
          }
          result.then(over, over)
        }
        return result
      }
    },
  })

/** The parts of libp2p's socket connection that this file replaces. */
interface SocketConnection {
  socket: Socket
  sendData(data: Uint8ArrayList): { sentBytes: number; canSendMore: boolean }
  sendClose(options?: unknown): Promise<void>
  safeDispatchEvent(name: 'drain'): void
}

const isSocketConnection = (connection: unknown): connection is SocketConnection =>
  typeof connection === 'object' &&
  connection !== null &&
  'socket' in connection &&
  'sendData' in connection &&
  'sendClose' in connection &&
  'safeDispatchEvent' in connection

const mergeWrites = (connection: SocketConnection): void => {
  const { socket } = connection
  const sendClose = connection.sendClose.bind(connection)
  let pending: Uint8Array[] = []
  let pendingBytes = 0
  let owesDrain = false

  const flush = (): void => {
    if (pending.length === 0) return
    const all = pending.length === 1 ? pending[0] : Buffer.concat(pending, pendingBytes)
    pending = []
    pendingBytes = 0
    if (!all || socket.destroyed || socket.writableEnded) return
    const roomLeft = socket.write(all)
    // When the socket is full its own drain event follows; otherwise whoever was told to wait hears it from here.
    if (roomLeft && owesDrain) connection.safeDispatchEvent('drain')
    owesDrain = false
  }

  connection.sendData = (data) => {
    if (pending.length === 0) queueMicrotask(flush)
    for (const part of data) pending.push(part)
    pendingBytes += data.byteLength
    const canSendMore = pendingBytes < pendingBytesMax && !socket.writableNeedDrain
    if (!canSendMore) owesDrain = true
    return { sentBytes: data.byteLength, canSendMore }
  }
  connection.sendClose = (options) => {
    flush()
    return sendClose(options)
  }
}

const openSocket = (address: Multiaddr, options: { signal: AbortSignal; keepAlive?: boolean; noDelay?: boolean }): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const target = parseAddress(address.toString())
    if (!target) {
      reject(new Fault('bad-address', `${address.toString()} cannot be dialled.`))
      return
    }
    options.signal.throwIfAborted()
    const socket = connect({ ...target, keepAlive: options.keepAlive ?? true, noDelay: options.noDelay ?? true })
    const settle = (error: Error | null): void => {
      options.signal.removeEventListener('abort', onAbort)
      if (error) {
        socket.destroy()
        reject(error)
      } else resolve(socket)
    }
    const onAbort = (): void => settle(new AbortError())
    options.signal.addEventListener('abort', onAbort)
    // Stays for good: an error that comes late must find a listener.
    socket.on('error', (error) => settle(error))
    socket.once('connect', () => settle(null))
  })
