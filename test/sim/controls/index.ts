import type { Control } from './control.ts'
import { disks } from './disks.ts'
import { elections } from './elections.ts'
import { logs } from './logs.ts'

/** Every defect that the simulation must notice. */
export const controls: readonly Control[] = [...elections, ...logs, ...disks]
