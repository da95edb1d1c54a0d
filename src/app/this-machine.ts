import { join } from 'node:path'
import { stringify } from 'yaml'
import { portHolder, systemPorts } from '../host/index.ts'
import { writePrivateFile } from '../keys/index.ts'
import type { Identity } from '../node/index.ts'
import type { MachineChoice, ThisMachine } from '../setup/index.ts'
import { type Config, chosenFile } from './config.ts'
import { examineMachine } from './examine-machine.ts'

/** Settings of this machine that set-up may still change while the node runs and is in no cluster. */
export interface Changeable {
  name: string
  zone: string | null
  meshPort: number
}

/** This machine as set-up sees it. What it keeps goes into `now` at once, and into the data folder for the next start. */
export const thisMachine = (config: Config, now: Changeable, identity: () => Identity): ThisMachine => ({
  get webPort() {
    return servedPort(identity(), config)
  },
  current: (): MachineChoice => ({ ...now }),
  fixed: config.fixed,
  examine: ({ meshPort }) =>
    examineMachine({ ...config, web: { ...config.web, port: servedPort(identity(), config) }, mesh: { ...config.mesh, port: meshPort } }),
  portHolder: async (port) =>
    (await isFree(config.mesh.host, port)) ? null : ((await portHolder(systemPorts().files, port)) ?? 'another program'),
  keep: (choice) => {
    const { fixed } = config
    const kept = {
      ...(fixed.name === null && { name: choice.name }),
      ...(fixed.zone === null && choice.zone !== null && { zone: choice.zone }),
      ...(fixed.meshPort === null && { mesh: { port: choice.meshPort } }),
    }
    writePrivateFile(
      join(config.data, chosenFile),
      `# Chosen at set-up; the configuration file, the environment and flags win over it.\n${stringify(kept)}`,
    )
    Object.assign(now, choice)
  },
  identity,
})

const isFree = async (hostname: string, port: number): Promise<boolean> => {
  try {
    const listening = Bun.listen({ hostname, port, exclusive: true, socket: { data: () => undefined } })
    listening.stop(true)
    return true
  } catch {
    return false
  }
}

/** The port that the page has; another than the configured one where that is 0, any. */
const servedPort = ({ page }: Identity, { web }: Config): number => Number(new URL(page ?? `http://localhost:${web.port}`).port || web.port)
