import type { Command } from 'commander'
import { concerns, sentence } from '../../views/cluster/index.ts'
import { counted, fixed, grouped, lag } from '../../views/words/index.ts'
import type { ClusterView } from '../node/view.ts'
import { examples } from './examples.ts'
import { healthMark, mark, roleMark } from './marks.ts'
import { asksNode, type NodeOptions, nodeMeant } from './node-options.ts'
import { print, printJson } from './print.ts'
import { withProgress } from './progress.ts'
import { paragraph, table } from './table.ts'
import { shown, type Terminal, terminal } from './terminal.ts'

/** `bzzz status`: the cluster as this node sees it. */
export const statusCommand = (program: Command): void => {
  asksNode(program.command('status').description('Show the cluster as this node sees it'))
    .addHelpText(
      'after',
      examples(['bzzz status', 'who leads, who answers, what wants attention'], ['bzzz status --json | jq .leader.name', 'for scripts']),
    )
    .action(async (options: NodeOptions & { json?: boolean }) => {
      const node = await nodeMeant(options)
      const view = await withProgress('Asking the node.', node.view())
      await (options.json ? printJson(view) : print(statusText(view, terminal())))
    })
}

/** The state as a sentence, what wants attention, then the machines. */
export const statusText = (view: ClusterView, terminal: Terminal): string => {
  const { headline, strong, rest } = sentence(view)
  const parts = [
    `${terminal.colours.bold(paragraph(shown(headline, terminal), terminal))}\n${paragraph(shown(`${strong}${/^[,.]/.test(rest) ? '' : ' '}${rest}`, terminal), terminal)}`,
    ...concerns(view).map((concern) => {
      const detail = paragraph(shown(concern.detail, terminal), terminal)
      const command = concern.command === undefined ? '' : `\n${shown(`${concern.command.before} ${concern.command.text}`, terminal)}`
      return `${mark(concern.tone, shown(concern.title, terminal), terminal)}\n${detail}${command}`
    }),
    ...(view.members.length > 0 ? [machines(view, terminal)] : []),
    ...(view.cluster === null ? [] : [paragraph(shown(foot(view), terminal), terminal)]),
  ]
  return parts.join('\n\n')
}

/** Zones only where there are any. */
const machines = ({ members }: ClusterView, terminal: Terminal): string => {
  const zoned = members.some((member) => member.zone !== null)
  return table(
    ['STATE', 'NAME', 'ROLE', ...(zoned ? ['ZONE'] : []), 'HEARD'],
    members.map((member) => row(member, zoned, terminal)),
    terminal,
  )
}

const row = (member: ClusterView['members'][number], zoned: boolean, terminal: Terminal): string[] => [
  healthMark(member.health, terminal),
  shown(member.isSelf ? `${member.name} (this one)` : member.name, terminal),
  roleMark(member, terminal),
  ...(zoned ? [shown(member.zone ?? '', terminal)] : []),
  member.isSelf ? 'now' : member.heardMsAgo === null ? 'never' : shown(`${lag(member.heardMsAgo)} ago`, terminal),
]

const foot = ({ cluster, leader, log, records, writesPerSecond }: ClusterView): string => {
  const behind = log.commitIndex - log.appliedIndex
  const applied = behind > 0 ? `${counted(behind, 'entry', 'entries')} behind` : 'up to date'
  const term = leader === null ? '' : `, term ${leader.term}`
  return `Cluster ${cluster?.name ?? ''}${term}, log index ${grouped(log.appliedIndex)} (${applied}), ${counted(records, 'record')}, ${fixed(writesPerSecond, 1)} writes/s.`
}
