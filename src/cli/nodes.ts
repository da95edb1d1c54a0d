import type { Command } from 'commander'
import { cardNames, diskAmount, fixed, memoryAmount, span } from '../../views/words/index.ts'
import type { MemberView } from '../node/view.ts'
import { examples } from './examples.ts'
import { healthMark, roleMark } from './marks.ts'
import { asksNode, type NodeOptions, nodeMeant } from './node-options.ts'
import { print, printJson } from './print.ts'
import { withProgress } from './progress.ts'
import { table } from './table.ts'
import { shown, type Terminal, terminal } from './terminal.ts'

/** `bzzz nodes`: the machines and what they have. */
export const nodesCommand = (program: Command): void => {
  asksNode(program.command('nodes').description('List the machines and what they have'))
    .addHelpText(
      'after',
      examples(['bzzz nodes', 'memory, disk, GPUs, Ollama and score of each'], ['bzzz nodes --json | jq -r .[].name', 'for scripts']),
    )
    .action(async (options: NodeOptions & { json?: boolean }) => {
      const node = await nodeMeant(options)
      const { members, self } = await withProgress('Asking the node.', node.view())
      if (options.json) await printJson(members)
      else
        await print(
          members.length > 0
            ? nodesText(members, terminal())
            : `${shown(self.name, terminal())} is in no cluster yet, so there are no machines to list.`,
        )
    })
}

/** One row for each machine; where numbers are old or not there yet, a column says so. */
export const nodesText = (members: readonly MemberView[], terminal: Terminal): string => {
  const someOld = members.some((member) => age(member) !== 'now')
  const headings = ['STATE', 'NAME', 'ROLE', 'SCORE', 'MEMORY', 'DISK', 'GPU', 'OLLAMA', ...(someOld ? ['NUMBERS'] : [])]
  const cells = (member: MemberView) => [...has(member), ...(someOld ? [age(member)] : [])].map((cell) => shown(cell, terminal))
  return table(
    headings,
    members.map((member) => [
      healthMark(member.health, terminal),
      shown(member.name, terminal),
      roleMark(member, terminal),
      ...cells(member),
    ]),
    terminal,
  )
}

const oldMs = 10_000

const age = ({ capabilities, capabilitiesAgeMs }: MemberView): string => {
  if (capabilities === null) return 'not yet'
  return capabilitiesAgeMs !== null && capabilitiesAgeMs > oldMs ? `${span(capabilitiesAgeMs)} old` : 'now'
}

const has = ({ score, capabilities }: MemberView): readonly string[] => {
  const points = score === null ? '–' : fixed(score.total, 2)
  if (capabilities === null) return [points, '–', '–', '–', '–']
  const { memory, disks, gpus, ollama } = capabilities
  const ram = memoryAmount(memory.totalBytes - memory.freeBytes, memory.totalBytes)
  const first = disks[0]
  const disk = first && diskAmount(first.totalBytes - first.freeBytes, first.totalBytes)
  return [
    points,
    `${ram.used} of ${ram.total} ${ram.unit}`,
    disk ? `${disk.used} of ${disk.total} ${disk.unit}` : '–',
    cardNames(gpus),
    ollama === null ? 'not here' : ollama.running ? (ollama.version ?? 'runs') : 'stopped',
  ]
}
