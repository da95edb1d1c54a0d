import { dirname } from 'node:path'
import { Fault } from '../base/index.ts'
import type { Finding } from '../host/types.ts'
import { command } from './command.ts'
import { type Layout, systemLayout } from './layout.ts'
import type { Found } from './look.ts'
import type { MachinePorts, Program } from './ports.ts'

/** Beside the copy itself: configuration, the node's first files, and a little air. */
const headroomBytes = 16 * 1024 * 1024

/** Finds what would make the installation fail, before anything is changed. */
export const checkInstall = async (
  layout: Layout,
  found: Found,
  program: Program,
  placed: boolean,
  findings: readonly Finding[],
  ports: Pick<MachinePorts, 'shell' | 'files'>,
): Promise<void> => {
  if (found.command === 'foreign')
    throw new Fault('in-the-way', `${layout.command} is there and is not ours.`, { hint: 'Move it away and install again.' })
  if (layout.kind === 'user' && (await ports.files.link(systemLayout.current)) !== null)
    throw new Fault('already-installed', 'bzzz is installed for the whole machine already; a second node would want the same ports.', {
      hint: 'Use that one, or remove it first: sudo bzzz uninstall',
    })
  for (const path of [layout.programs, layout.command, layout.config, layout.data, layout.unit]) await checkWritable(layout, path, ports)
  if (!placed) await checkSpace(layout, program, ports)
  const taken = findings.find(({ check, level }) => check === 'ports' && level === 'fail')
  if (taken !== undefined) throw new Fault('port-taken', taken.message, { hint: portRemedy(layout, found, taken.remedy) })
}

const portRemedy = (layout: Layout, found: Found, remedy = 'free it'): string =>
  found.config
    ? `${capital(remedy)} (${layout.config}).`
    : `${capital(remedy)}: write it into ${layout.config} (bzzz templates coordinator prints one), then install again.`

const capital = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}`

const checkWritable = async (layout: Layout, path: string, { shell, files }: Pick<MachinePorts, 'shell' | 'files'>): Promise<void> => {
  const folder = await nearestFolder(dirname(path), files)
  if ((await shell.run(command('test', '-w', folder))).code === 0) return
  throw new Fault('not-writable', `${folder} cannot be written, and ${path} belongs below it.`, {
    hint:
      layout.kind === 'user'
        ? 'Install for the whole machine instead: sudo bzzz install. Or give HOME another folder.'
        : 'Mount it for writing and install again.',
  })
}

const checkSpace = async (layout: Layout, program: Program, { files }: Pick<MachinePorts, 'files'>): Promise<void> => {
  const folder = await nearestFolder(layout.programs, files)
  const space = await files.space(folder)
  const needed = program.sizeBytes + headroomBytes
  if (space === null || space.freeBytes >= needed) return
  throw new Fault('no-space', `${folder} has ${megabytes(space.freeBytes)} free; bzzz needs ${megabytes(needed)}.`, {
    hint: `Free some space there and install again: df -h ${folder}`,
  })
}

/** The folder itself, or the nearest one above it that exists. */
const nearestFolder = async (path: string, files: MachinePorts['files']): Promise<string> =>
  path === '/' || (await files.facts(path)) !== null ? path : nearestFolder(dirname(path), files)

const megabytes = (bytes: number): string => `${Math.ceil(bytes / 1_000_000)} MB`
