import { createReadStream, statSync } from 'node:fs'
import { build, Fault } from '../base/index.ts'
import { diagnosePorts, localShell, systemPorts } from '../host/index.ts'
import {
  type Installed,
  install,
  layoutFor,
  type MachinePorts,
  type NodeSeen,
  type Program,
  prepareInstall,
  prepareRemoval,
  printInstall,
  type Removal,
  type Say,
  type TemplateName,
  uninstall,
} from '../install/index.ts'
import { readConfig, surroundings } from './config.ts'

/** Installs this very executable on this machine, or upgrades what is there. */
export const installHere = async (template: TemplateName, say: Say): Promise<Installed> => install(await orderFor(template), machine(), say)

/** Prints what `installHere` would do. */
export const printInstallHere = async (template: TemplateName, print: (line: string) => void): Promise<void> => {
  const { plan } = await prepareInstall(await orderFor(template), machine())
  await printInstall(plan, print)
}

/** What a removal of the installation of whoever asks would take. */
export const removalHere = (purge: boolean): Promise<Removal> => prepareRemoval(layoutFor(surroundings()), purge, machine())

/** Removes it. */
export const uninstallHere = (removal: Removal, purge: boolean, say: Say): Promise<void> =>
  uninstall(layoutFor(surroundings()), removal, purge, machine(), say)

const orderFor = async (template: TemplateName) => {
  if (process.platform !== 'linux')
    throw new Fault('not-supported', 'bzzz installs itself on Linux only so far.', { hint: 'Start the node by hand: bzzz run' })
  const around = surroundings()
  // The service has an environment of its own: only what says where folders are counts here.
  const folders = Object.fromEntries(Object.entries(around.env).filter(([name]) => name.startsWith('XDG_')))
  const config = readConfig({}, { ...around, env: folders })
  const wantedPorts = [
    { port: config.web.port, use: 'the web page', key: 'web.port' },
    { port: config.mesh.port, use: 'the mesh', key: 'mesh.port' },
  ].filter(({ port }) => port !== 0)
  return {
    layout: layoutFor(around),
    program: await thisProgram(),
    template,
    socket: config.socket,
    searchPath: around.env.PATH ?? '',
    findings: await diagnosePorts({ ...systemPorts(), dataFolder: config.data, uid: around.uid, wantedPorts }),
  }
}

const thisProgram = async (): Promise<Program> => {
  if (build.target === 'source')
    throw new Fault('from-source', 'This is the source, and only an executable can be installed.', {
      hint: 'npm run build, then build/out/bzzz install; or: sh install.sh --from-source',
    })
  const path = process.execPath
  const hash = new Bun.CryptoHasher('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk)
  return { path, version: build.version, sha256: hash.digest('hex'), sizeBytes: statSync(path).size }
}

const answerMsMax = 2_000

const machine = (): MachinePorts => ({
  shell: localShell(),
  files: systemPorts().files,
  nodeAt,
  sleep: (ms) => Bun.sleep(ms),
})

/** Asks the node behind a socket what it is. Whatever goes wrong means that it does not answer yet. */
const nodeAt = async (socket: string): Promise<NodeSeen | null> => {
  try {
    const response = await fetch('http://bzzz/v1/identity', { unix: socket, signal: AbortSignal.timeout(answerMsMax), keepalive: false })
    if (!response.ok) return null
    const { version, name, page } = (await response.json()) as NodeSeen // the answer of a bzzz, which may be older: checked below
    return typeof version === 'string' && typeof name === 'string' ? { version, name, page: typeof page === 'string' ? page : null } : null
  } catch {
    return null
  }
}
