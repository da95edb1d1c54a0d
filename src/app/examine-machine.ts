import { diagnoseMachine, type Finding, systemPorts } from '../host/index.ts'
import type { Config } from './config.ts'

/** `bzzz doctor`: looks at this machine as the node with this configuration would use it. */
export const examineMachine = (config: Config): Promise<readonly Finding[]> =>
  diagnoseMachine({ ...systemPorts(), ...doctorOptions(config) })

const doctorOptions = ({ data, ollama, web, mesh, bulk, gateway }: Config) => ({
  dataFolder: data,
  ollamaUrl: ollama.url,
  ...(process.getuid && { uid: process.getuid() }),
  wantedPorts: [
    { port: web.port, use: 'the web page' },
    { port: mesh.port, use: 'the mesh' },
    { port: bulk.port, use: 'joining and bulk transfers' },
    { port: gateway.port, use: 'the model gateway' },
  ],
})
