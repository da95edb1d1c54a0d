export { type Config, type Flags, readConfig, type Surroundings, surroundings } from './config.ts'
export { type SettingFlag, settingNames } from './config-schema.ts'
export { examineMachine } from './examine-machine.ts'
export { type RunningNode, startNode } from './start-node.ts'
