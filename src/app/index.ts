import { Fault, type Log } from '../base/index.ts'
import type { Service } from '../node/service.ts'
import type { Config } from './config.ts'

export { type Config, type Flags, readConfig, type Surroundings, surroundings } from './config.ts'
export { type SettingFlag, settingNames } from './config-schema.ts'

/** A node that runs in this process; disposing stops it in order. */
export interface RunningNode extends AsyncDisposable {
  readonly service: Service
  /** Where the page is: "http://127.0.0.1:8080/". */
  readonly page: string
  readonly socket: string
  /** Aborted when the node stopped by itself (disk gone, identity halted); the reason is a Fault. */
  readonly stopped: AbortSignal
}

/** Starts a node. Loaded only when called, so that commands which only talk to a node start fast. */
export const startNode = (_config: Config, _log: Log): Promise<RunningNode> =>
  Promise.reject(new Fault('not-built', 'This build has no node yet.', { hint: 'The composition root replaces this file.' }))
