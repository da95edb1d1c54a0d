import type { HostPorts } from '../ports.ts'

/** A port that bzzz wants to listen on. */
export interface WantedPort {
  readonly port: number
  /** "the web page", as it stands in a sentence. */
  readonly use: string
}

export interface DoctorOptions extends HostPorts {
  readonly dataFolder: string
  readonly ollamaUrl?: string
  readonly wantedPorts?: readonly WantedPort[]
  /** Numeric id of the user who asks; root (0) sees whose sockets are whose. */
  readonly uid?: number
}

export const wantedPortsDefault: readonly WantedPort[] = [
  { port: 8080, use: 'the web page' },
  { port: 8081, use: 'the mesh' },
  { port: 8082, use: 'joining and bulk transfers' },
  { port: 11435, use: 'the model gateway' },
]
