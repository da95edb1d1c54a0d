import { type ClientHttp2Session, connect } from 'node:http2'
import { connect as connectSocket } from 'node:net'
import { bytesField, fieldsOf } from './protobuf.ts'

export interface EtcdStatus {
  readonly member: bigint
  readonly leader: bigint
  readonly index: bigint
}

/**
 * etcd's gRPC over one HTTP/2 connection on Bun's own http2, nothing in between. Measured beside the others: it beats @grpc/grpc-js and the
 * JSON gateway, and is as fast as etcd's own Go client (docs/benchmarks.md), so etcd is not slowed by how it is asked.
 */
export interface EtcdClient extends Disposable {
  put(key: string, value: string): Promise<void>
  status(): Promise<EtcdStatus>
}

export const etcdClient = (socketPath: string): EtcdClient => {
  let session: ClientHttp2Session | null = null

  const opened = (): ClientHttp2Session => {
    if (session !== null && !session.closed && !session.destroyed) return session
    const fresh = connect('http://etcd', { createConnection: () => connectSocket(socketPath) })
    const forget = () => {
      if (session === fresh) session = null
    }
    fresh.on('error', forget).on('close', forget).on('goaway', forget)
    session = fresh
    return fresh
  }

  const call = (path: string, message: Uint8Array): Promise<Uint8Array> =>
    new Promise((resolve, reject) => {
      const stream = opened().request({ ':method': 'POST', ':path': path, 'content-type': 'application/grpc', te: 'trailers' })
      let status: unknown
      const parts: Uint8Array[] = []
      stream.on('response', (headers) => {
        status = headers['grpc-status']
      })
      stream.on('trailers', (trailers) => {
        status = trailers['grpc-status'] ?? status
      })
      stream.on('data', (part: Uint8Array) => parts.push(part))
      stream.on('error', reject)
      stream.on('close', () => reject(new Error('the connection to etcd closed')))
      stream.on('end', () => {
        if (String(status) === '0') resolve(Buffer.concat(parts).subarray(prefixBytes))
        else reject(new Error(`etcd answered with gRPC status ${String(status)}`))
      })
      stream.end(framed(message))
    })

  return {
    put: async (key, value) => {
      await call('/etcdserverpb.KV/Put', Buffer.concat([bytesField(1, Buffer.from(key)), bytesField(2, Buffer.from(value))]))
    },
    status: async () => {
      const { numbers, bytes } = fieldsOf(await call('/etcdserverpb.Maintenance/Status', new Uint8Array(0)))
      const header = fieldsOf(bytes.get(1) ?? new Uint8Array(0))
      return { member: header.numbers.get(2) ?? 0n, leader: numbers.get(4) ?? 0n, index: numbers.get(5) ?? 0n }
    },
    [Symbol.dispose]: () => {
      session?.destroy()
      session = null
    },
  }
}

/** Every gRPC message is preceded by a flag (not compressed) and its length. */
const prefixBytes = 5
const framed = (message: Uint8Array): Uint8Array => {
  const head = Buffer.alloc(prefixBytes)
  head.writeUInt32BE(message.byteLength, 1)
  return Buffer.concat([head, message])
}
