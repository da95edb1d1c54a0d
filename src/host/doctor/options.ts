import type { HostPorts } from '../ports.ts'

/** A port that bzzz wants to listen on. */
export interface WantedPort {
  readonly port: number
  /** What it is for, with its article: "the web page". */
  readonly use: string
  /** Where it is set in the configuration: "web.port". */
  readonly key?: string
}

export interface DoctorOptions extends HostPorts {
  readonly dataFolder: string
  readonly ollamaUrl?: string
  readonly wantedPorts?: readonly WantedPort[]
  /** Numeric id of the user who asks; root (0) sees whose sockets are whose. */
  readonly uid?: number
}

export const wantedPortsDefault: readonly WantedPort[] = [
  { port: 8080, use: 'the web page', key: 'web.port' },
  { port: 8081, use: 'the mesh', key: 'mesh.port' },
  { port: 8082, use: 'joining and bulk transfers', key: 'bulk.port' },
  { port: 11435, use: 'the model gateway', key: 'gateway.port' },
]
