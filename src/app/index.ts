import { Fault } from '../base/index.ts'
import type { Finding } from '../host/types.ts'
import type { Service } from '../node/service.ts'
import type { Config } from './config.ts'

export { type Config, type Flags, readConfig, type Surroundings, surroundings } from './config.ts'
export { type SettingFlag, settingNames } from './config-schema.ts'

/** A node that runs in this process; disposing stops it in order. */
export type RunningNode = AsyncDisposable & { readonly service: Service }

/** Starts a node. Its parts are loaded only when called, so that commands which only talk to a node start fast. */
export const startNode = (_config: Config): Promise<RunningNode> =>
  Promise.reject(new Fault('not-built', 'This build has no node yet.', { hint: 'The composition root replaces this file.' }))

/** What is fine on this machine and what is not. */
export const examineMachine = (_config: Config): Promise<readonly Finding[]> =>
  Promise.reject(new Fault('not-built', 'This build cannot look at the machine yet.', { hint: 'The composition root replaces this file.' }))
