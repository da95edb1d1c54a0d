import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { connect } from '../../src/cli/client.ts'
import { type DemoNode, formDemo, nodeNames } from '../../src/demo/index.ts'
import type { Place } from '../lab/network.ts'
import { contestant } from './bzzz.ts'
import { type Contestant, eventually } from './contestant.ts'
import { removeFolder, scratchFolder } from './scratch.ts'

/** A cluster with one executable in each place, founded and joined as the demo does it. */
export const startBzzzIn = async (places: readonly Place[], executable: string): Promise<Contestant> => {
  const folder = scratchFolder()
  const nodes = places.map((place, n) => nodeIn(place, nodeNames[n] ?? '', folder, executable))
  const stop = async () => {
    await Promise.all(nodes.map((node) => node.kill()))
    removeFolder(folder)
  }
  try {
    await Promise.all(nodes.map((node) => node.start()))
    await formDemo(nodes, () => {})
  } catch (error) {
    await stop()
    throw error
  }
  return contestant(nodes, { [Symbol.asyncDispose]: stop }, (name) => join(folder, name, 'bzzz.sock'))
}

const nodeIn = (place: Place, name: string, folder: string, executable: string): DemoNode => {
  const data = join(folder, name)
  const socket = join(data, 'bzzz.sock')
  const config = join(folder, `${name}.yaml`)
  mkdirSync(data, { mode: 0o700 })
  const client = connect(socket)
  let child: Bun.Subprocess<'pipe', 'ignore', Bun.BunFile> | null = null
  const flags = [
    ...['run', '--config', config, '--data', data, '--socket', socket, '--name', name, '--stop-with-parent'],
    ...['--mesh-host', place.address, '--mesh-port', '8081', '--web-port', '8080'],
  ]
  return {
    name,
    client,
    pid: () => child?.pid ?? 0,
    page: () => null,
    alive: () => child !== null && child.exitCode === null && child.signalCode === null,
    kill: async () => {
      child?.kill('SIGKILL')
      await child?.exited
    },
    start: async () => {
      await Bun.write(config, '# Everything is given by flags.\n')
      child = Bun.spawn(['ip', 'netns', 'exec', place.namespace, executable, ...flags], {
        cwd: folder,
        env: { PATH: process.env.PATH, BZZZ_LOG_LEVEL: 'warn', BZZZ_LOG_FORMAT: 'json' },
        stdin: 'pipe',
        stdout: 'ignore',
        stderr: Bun.file(join(folder, `${name}.log`)),
      })
      await eventually(`${name} answers`, () => client.identity())
    },
  }
}
