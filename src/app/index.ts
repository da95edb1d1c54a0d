import type { Finding } from '../host/types.ts'
import type { Installed, Removal, Say, TemplateName } from '../install/index.ts'
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

/** Installs this executable on this machine, or upgrades what is there. */
export const installHere = async (template: TemplateName, say: Say): Promise<Installed> =>
  (await import('./install-machine.ts')).installHere(template, say)

/** Prints what `installHere` would do; changes nothing. */
export const printInstallHere = async (template: TemplateName, print: (line: string) => void): Promise<void> =>
  (await import('./install-machine.ts')).printInstallHere(template, print)

/** What a removal would take; with `purge` also configuration, keys and data. */
export const removalHere = async (purge: boolean): Promise<Removal> => (await import('./install-machine.ts')).removalHere(purge)

/** Removes it and proves that it is gone. */
export const uninstallHere = async (removal: Removal, purge: boolean, say: Say): Promise<void> =>
  (await import('./install-machine.ts')).uninstallHere(removal, purge, say)
