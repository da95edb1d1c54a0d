/** Every bound of the mesh, in one place. Sizes in bytes, times in milliseconds. */
export interface Limits {
  /** One frame of an own protocol; a longer one closes the stream before its memory is spent. */
  readonly frameBytesMax: number
  /** What may wait for a slow peer on one stream; one-way frames beyond it push out the oldest. */
  readonly queueBytesMax: number
  /** Unanswered requests of this node at one peer and protocol. */
  readonly pendingMax: number
  /** What a stream may hold unread on our side; also its flow-control window. */
  readonly windowBytes: number
  readonly presenceEveryMs: number
  /** Presence frames missed before a peer is suspected. */
  readonly missesMax: number
  /** Silence after which a connection is given up and dialled again: TCP itself would take many seconds after a cut. */
  readonly silenceMs: number
  readonly digestEveryMs: number
  /** Two members that meet different processes under one identity must do so this long: news of a restart travels at different speeds. */
  readonly disputeMs: number
  readonly connectMs: number
  readonly handshakeMs: number
  /** The side with the lower id dials first; the other one waits this long, so that two nodes rarely dial each other at once. */
  readonly dialYieldMs: number
  readonly redialFirstMs: number
  readonly redialMaxMs: number
  readonly dialsAtOnceMax: number
  readonly connectionsMax: number
  readonly pendingInboundMax: number
  /** New connections a second from one address. */
  readonly inboundPerSecondMax: number
  readonly gossipBytesMax: number
  readonly gossipPerSecondMax: number
  readonly membersMax: number
}

export const defaultLimits: Limits = {
  frameBytesMax: 2 ** 20,
  queueBytesMax: 8 * 2 ** 20,
  pendingMax: 1024,
  windowBytes: 2 ** 20,
  presenceEveryMs: 500,
  missesMax: 3,
  silenceMs: 4_000,
  digestEveryMs: 5_000,
  disputeMs: 15_000,
  connectMs: 2_500,
  handshakeMs: 3_000,
  dialYieldMs: 250,
  redialFirstMs: 50,
  redialMaxMs: 5_000,
  dialsAtOnceMax: 16,
  connectionsMax: 1_024,
  pendingInboundMax: 256,
  inboundPerSecondMax: 64,
  gossipBytesMax: 4_096,
  gossipPerSecondMax: 20,
  membersMax: 1_024,
}

/** What one protocol takes from each peer. */
export interface Intake {
  readonly frameBytesMax: number
  /** Handlers at work for one peer; reading its streams pauses beyond. Only counts listeners that return a promise. */
  readonly perPeerInFlightMax: number
  readonly perPeerBytesPerSecondMax: number
  readonly perPeerFramesPerSecondMax: number
}

export const defaultIntake: Intake = {
  frameBytesMax: 2 ** 20,
  perPeerInFlightMax: 64,
  perPeerBytesPerSecondMax: 256 * 2 ** 20,
  perPeerFramesPerSecondMax: 200_000,
}
