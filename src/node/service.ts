import type { Json, PeerId } from '../base/index.ts'
import type { Metrics } from './metrics.ts'
import type { ClusterView } from './view.ts'

/** The public half of a node: everything a deployer or a joiner needs to know of it. */
export interface Identity {
  readonly peer: PeerId
  readonly name: string
  /** X25519 public key, base64url: shares and data keys are sealed to it. */
  readonly sealingKey: string
  /** sha256 of the TLS certificate in DER, lower-case hex; null until the node has one. */
  readonly tlsFingerprint: string | null
  readonly addresses: readonly string[]
  readonly clusterId: string | null
  /** Address of the web page on this machine, or null while it is not served. */
  readonly page: string | null
  readonly version: string
}

export interface RecordView {
  readonly key: string
  readonly value: Json
  readonly version: number
  /** Leader's stamp of the entry that wrote it. */
  readonly stampMs: number
  readonly author: PeerId
}

/** Where an answer comes from: `ageMs` is how long ago this node last heard the leader; strong answers have age 0. */
export interface Reading {
  readonly strong: boolean
  readonly ageMs: number | null
  readonly appliedIndex: number
}

/**
 * What a running node offers to its surfaces (socket, web page, demo). Every failure is a Fault with one of the codes
 * `no-leader`, `timeout` (outcome unknown), `conflict`, `not-found`, `forbidden`, `bad-request`, `too-large`, `not-a-member`, `already-a-member`, `busy`.
 */
export interface Service {
  view(): ClusterView
  /** Calls back when the view may have changed, at most every `everyMs`; returns the function that stops it. */
  watch(listen: () => void, everyMs: number): () => void
  identity(): Identity
  /** What `/metrics` shows, counted now. */
  metrics(): Metrics
  health(): { readonly live: boolean; readonly ready: boolean; readonly because: readonly string[] }

  /** First node: starts the cluster that `genesis` (canonical JSON, signed) founds; this node must be its founder. */
  create(genesis: string): Promise<void>
  /** Later nodes: start as a learner of the cluster; `members` are public facts handed over by the deployer. */
  join(genesis: string, members: readonly { readonly peer: PeerId; readonly addresses: readonly string[] }[]): Promise<void>

  /** Appends already authorised commands (tickets, admissions, protected settings); resolves with one result per command once applied here. */
  propose(commands: readonly Json[]): Promise<readonly Json[]>
  /** `expect`: version the record must have now, 0 = must not exist, undefined = any. Resolves after the write is committed and applied here. */
  put(key: string, value: Json, expect?: number): Promise<{ readonly version: number; readonly index: number }>
  delete(key: string, expect?: number): Promise<{ readonly version: number; readonly index: number }>
  get(key: string, strong: boolean): Promise<{ readonly record: RecordView | null; readonly reading: Reading }>
  list(
    prefix: string,
    strong: boolean,
    after?: string,
    limit?: number,
  ): Promise<{ readonly records: readonly RecordView[]; readonly reading: Reading }>

  /** Hands leadership to a caught-up voter, by name or peer id; resolves when it leads. */
  transfer(to: string): Promise<{ readonly from: PeerId; readonly to: PeerId; readonly tookMs: number }>
  /** Why this node cannot see `peer` (address, port, firewall, clock, version, identity), as findings for `doctor --peer`. */
  diagnosePeer(
    peer: string,
  ): Promise<
    readonly { readonly check: string; readonly level: 'ok' | 'warn' | 'fail'; readonly message: string; readonly remedy?: string }[]
  >
  /** Root of the state and index it belongs to, computed now. */
  stateRoot(): { readonly index: number; readonly root: string }
}
