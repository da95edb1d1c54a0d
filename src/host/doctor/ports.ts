import { type Listener, listeners, ownerOf, userName } from '../sockets.ts'
import type { Finding } from '../types.ts'
import { fail, ok, warn } from './finding.ts'
import { type DoctorOptions, type WantedPort, wantedPortsDefault } from './options.ts'

/** Whether the ports of bzzz are free, and who has them where they are not. */
export const diagnosePorts = async (options: DoctorOptions): Promise<readonly Finding[]> => {
  const wanted = options.wantedPorts ?? wantedPortsDefault
  if (options.platform === 'darwin') return Promise.all(wanted.map((port) => askLsof(options, port)))
  const open = await listeners(options.files)
  if (open === null) return [warn('ports', 'Whether ports are free cannot be read.', 'ss -ltnp')]
  return Promise.all(
    wanted.map((port) =>
      judge(
        options,
        port,
        open.filter((listener) => listener.port === port.port),
      ),
    ),
  )
}

const judge = async ({ files, uid }: DoctorOptions, wanted: WantedPort, taken: readonly Listener[]): Promise<Finding> => {
  const [first] = taken
  if (first === undefined) return free(wanted)
  const owner = await ownerOf(files, first.inode)
  if (owner !== null) {
    const command = (await files.text(`/proc/${owner.pid}/cmdline`)) ?? ''
    return held(wanted, isOurs(owner.name, command) ? 'bzzz' : owner.name, owner.pid)
  }
  const user = (await userName(files, first.uid)) ?? `user ${first.uid}`
  return fail(
    'ports',
    `Port ${wanted.port}, meant for ${wanted.use}, is taken by a process of ${user}.`,
    uid === 0 ? elsewhere(wanted) : `sudo ss -ltnp 'sport = :${wanted.port}' names it; stop it, or ${another(wanted)}`,
  )
}

const askLsof = async ({ run }: DoctorOptions, wanted: WantedPort): Promise<Finding> => {
  const { stdout } = await run('lsof', ['-nP', `-iTCP:${wanted.port}`, '-sTCP:LISTEN', '-Fpc'])
  const pid = /^p(\d+)$/m.exec(stdout)?.[1]
  return pid === undefined ? free(wanted) : held(wanted, /^c(.+)$/m.exec(stdout)?.[1] ?? 'unknown', Number(pid))
}

/** The executable, under whatever name it was downloaded, or its source run by Bun. */
const isOurs = (name: string, command: string): boolean =>
  name.startsWith('bzzz') || (name === 'bun' && /(^|[/\0])src\/main\.ts\0/.test(command))

const free = ({ port, use }: WantedPort): Finding => ok('ports', `${port} is free for ${use}.`)

const held = (wanted: WantedPort, name: string, pid: number): Finding =>
  name === 'bzzz'
    ? ok('ports', `${wanted.port} is in use by bzzz itself (process ${pid}), for ${wanted.use}.`)
    : fail('ports', `Port ${wanted.port}, meant for ${wanted.use}, is taken by ${name} (process ${pid}).`, elsewhere(wanted, pid))

const elsewhere = (wanted: WantedPort, pid?: number): string =>
  `${pid === undefined ? '' : `stop it (sudo kill ${pid}), or `}${another(wanted)}`

const another = ({ port, key }: WantedPort): string =>
  key === undefined ? `set another port than ${port} in the configuration` : `set another ${key} in the configuration`
