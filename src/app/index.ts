import type { Finding } from '../host/types.ts'
import type { Config } from './config.ts'
import type { RunningNode } from './start-node.ts'

export { type Config, type Flags, readConfig, type Surroundings, surroundings } from './config.ts'
export { type SettingFlag, settingNames } from './config-schema.ts'
export { selfCommand } from './self-command.ts'
export type { RunningNode }

// The node is loaded only when it is started: commands that merely ask one must not wait for libp2p.

/** Starts the node of this machine; disposing stops it. */
export const startNode = async (config: Config): Promise<RunningNode> => (await import('./start-node.ts')).startNode(config)

/** What is fine on this machine and what is not. */
export const examineMachine = async (config: Config): Promise<readonly Finding[]> =>
  (await import('./examine-machine.ts')).examineMachine(config)
