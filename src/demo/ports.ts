import type { Json, PeerId } from '../base/index.ts'
import type { ClusterView, Identity, Reading, RecordView } from '../node/index.ts'

/** One running node as the demo speaks to it: its socket. The typed client of `cli` is one. */
export interface NodeClient {
  view(): Promise<ClusterView>
  /** The view now and after each change, at most every `everyMs`, until `signal` aborts or the node ends. */
  watch(everyMs: number, signal: AbortSignal): AsyncGenerator<ClusterView, void, undefined>
  health(): Promise<{ readonly live: boolean; readonly ready: boolean }>
  identity(): Promise<Identity>
  create(genesis: string): Promise<void>
  join(genesis: string, members: readonly { readonly peer: PeerId; readonly addresses: readonly string[] }[]): Promise<void>
  propose(commands: readonly Json[]): Promise<readonly Json[]>
  put(key: string, value: Json, expect?: number): Promise<{ readonly version: number; readonly index: number }>
  list(
    prefix: string,
    strong: boolean,
    after?: string,
    limit?: number,
  ): Promise<{ readonly records: readonly RecordView[]; readonly reading: Reading }>
  stateRoot(): Promise<{ readonly index: number; readonly root: string }>
}
