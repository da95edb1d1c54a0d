import type { Fault } from '../base/index.ts'
import type { Takeover } from './types.ts'

/** Every number of the protocol. Times in milliseconds of the monotonic clock, sizes of bodies in UTF-16 units ("chars"). */
export interface Rules {
  /** The leader speaks at least this often. */
  readonly heartbeatMs: number
  /** Silence before a follower stands: `silenceMs + rank × silencePerRankMs + 0..silenceJitterMs`; failed rounds retry after `silenceRetryMs`. */
  readonly silenceMs: number
  readonly silencePerRankMs: number
  readonly silenceJitterMs: number
  readonly silenceRetryMs: readonly [number, number]
  /** The same after the leader's process was seen to die. */
  readonly lostPerRankMs: number
  readonly lostJitterMs: number
  readonly lostRetryMs: readonly [number, number]
  /** A leader that no majority answered for so long steps down (CheckQuorum). */
  readonly quorumMs: number
  /** A leader whose disk takes longer for one commit steps down and stands again only after a successful write. */
  readonly diskPatienceMs: number
  /** After a failed commit the next try waits so long. */
  readonly diskRetryMs: number
  readonly transferMs: number
  /** Between two hellos of a voter that still has to prove its memory. */
  readonly helloMs: number
  /** What is remembered of promises goes with a durable commit at most this often, and with one of its own after `promisesIdleMs`. */
  readonly promisesMs: number
  readonly promisesIdleMs: number
  /** One append message; 300,000 chars stay below the mesh's frame of 1 MiB whatever they are. */
  readonly appendEntriesMax: number
  readonly appendCharsMax: number
  /** Unanswered append messages and chars on their way to one follower. */
  readonly flightsMax: number
  readonly flightCharsMax: number
  /** One commit of the disk. */
  readonly commitEntriesMax: number
  readonly commitCharsMax: number
  /** Entries in memory beyond what is saved (follower) or committed (leader); more are refused. */
  readonly backlogEntriesMax: number
  readonly backlogCharsMax: number
  /** Applied entries kept for slow followers; compaction runs when there are an eighth more. */
  readonly keepEntries: number
  readonly keepChars: number
  /** A checkpoint after so many applied entries, or so long after a change. */
  readonly checkpointEntries: number
  readonly checkpointMs: number
  /** Bytes of a snapshot in one message, before base64. */
  readonly chunkBytes: number
  readonly chunkRetryMs: number
  /** A follower takes no stamp further ahead of its own clock. */
  readonly stampAheadMsMax: number
  /** Longest body of one entry. */
  readonly bodyCharsMax: number
  /** Checks the master's signature over a take-over and that the signed text says what the fields say. Pure. */
  readonly acceptsTakeover: (takeover: Takeover) => Fault | null
}

/** The numbers of the design (section 7), for networks up to a few ten milliseconds. */
export const defaultRules = (acceptsTakeover: Rules['acceptsTakeover']): Rules => ({
  heartbeatMs: 200,
  silenceMs: 1000,
  silencePerRankMs: 100,
  silenceJitterMs: 50,
  silenceRetryMs: [150, 450],
  lostPerRankMs: 30,
  lostJitterMs: 10,
  lostRetryMs: [50, 150],
  quorumMs: 1000,
  diskPatienceMs: 1000,
  diskRetryMs: 250,
  transferMs: 1000,
  helloMs: 250,
  promisesMs: 200,
  promisesIdleMs: 1000,
  appendEntriesMax: 512,
  appendCharsMax: 300_000,
  flightsMax: 32,
  flightCharsMax: 4_000_000,
  commitEntriesMax: 2048,
  commitCharsMax: 2_000_000,
  backlogEntriesMax: 16_384,
  backlogCharsMax: 16_000_000,
  keepEntries: 10_000,
  keepChars: 32_000_000,
  checkpointEntries: 1000,
  checkpointMs: 30_000,
  chunkBytes: 256 * 1024,
  chunkRetryMs: 500,
  stampAheadMsMax: 24 * 3_600_000,
  bodyCharsMax: 256 * 1024,
  acceptsTakeover,
})
