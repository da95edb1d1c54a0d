import type { HostPorts } from '../ports.ts'

/** A port that bzzz wants to listen on. */
export interface WantedPort {
  readonly port: number
  /** What it is for, as it stands in brackets: "web page". */
  readonly purpose: string
  /** Where it is set in the configuration: "web.port". */
  readonly key: string
}

export interface DoctorOptions extends HostPorts {
  readonly dataFolder: string
  readonly ollamaUrl?: string
  readonly wantedPorts?: readonly WantedPort[]
  /** Numeric id of the user who asks; root (0) sees whose sockets are whose. */
  readonly uid?: number
}

export const wantedPortsDefault: readonly WantedPort[] = [
  { port: 8080, purpose: 'web page', key: 'web.port' },
  { port: 8081, purpose: 'mesh', key: 'mesh.port' },
  { port: 8082, purpose: 'models and joining', key: 'bulk.port' },
  { port: 11435, purpose: 'gateway', key: 'gateway.port' },
]
