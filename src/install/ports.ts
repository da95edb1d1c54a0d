import type { Files } from '../host/ports.ts'
import type { Shell } from './command.ts'

/** What installing needs of the machine. */
export interface MachinePorts {
  readonly shell: Shell
  readonly files: Files
  /** What the node behind this socket says it is; null while nobody answers. */
  readonly nodeAt: (socket: string) => Promise<NodeSeen | null>
  readonly sleep: (ms: number) => Promise<void>
}

export interface NodeSeen {
  readonly version: string
  readonly name: string
  readonly page: string | null
}

/** The program that is to be installed. */
export interface Program {
  /** The executable itself. */
  readonly path: string
  readonly version: string
  readonly sha256: string
  readonly sizeBytes: number
}
