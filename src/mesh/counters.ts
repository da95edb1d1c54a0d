/** What the mesh counts for metrics. Names are stable; each only grows. */
export interface Counters {
  framesSent: number
  framesReceived: number
  bytesSent: number
  bytesReceived: number
  /** One-way frames pushed out of a full queue, or sent while the peer was away. */
  framesDropped: number
  connectionsOpened: number
  connectionsClosed: number
  dials: number
  dialsFailed: number
  /** Connections of peers that are no members. */
  strangersRefused: number
  /** Inbound connections that never proved an identity of this cluster: garbage, other clusters, port scans. */
  handshakesFailed: number
  /** Streams closed because what came on them broke a rule. */
  streamsRefused: number
  /** Times a peer was made to wait by a limit. */
  pauses: number
  requestsTimedOut: number
  gossipRefused: number
}

export const newCounters = (): Counters => ({
  framesSent: 0,
  framesReceived: 0,
  bytesSent: 0,
  bytesReceived: 0,
  framesDropped: 0,
  connectionsOpened: 0,
  connectionsClosed: 0,
  dials: 0,
  dialsFailed: 0,
  strangersRefused: 0,
  handshakesFailed: 0,
  streamsRefused: 0,
  pauses: 0,
  requestsTimedOut: 0,
  gossipRefused: 0,
})
