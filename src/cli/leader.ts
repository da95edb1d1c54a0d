import type { Command } from 'commander'
import { sentence } from '../../views/cluster/index.ts'
import { agrees, fixed, listed } from '../../views/words/index.ts'
import { Fault } from '../base/index.ts'
import type { ClusterView, MemberView } from '../node/view.ts'
import { examples } from './examples.ts'
import { roleMark } from './marks.ts'
import { asksNode, type NodeOptions, nodeMeant } from './node-options.ts'
import { print, printJson } from './print.ts'
import { withProgress } from './progress.ts'
import { paragraph, table } from './table.ts'
import { shown, type Terminal, terminal } from './terminal.ts'

/** `bzzz leader`: who leads and why; `bzzz leader transfer NODE` hands over. */
export const leaderCommand = (program: Command): void => {
  const leader = asksNode(program.command('leader').description('Show who leads, why, and every score with its parts'))
    .addHelpText(
      'after',
      examples(
        ['bzzz leader', 'the leader and the scores'],
        ['bzzz leader --json', 'the same for scripts'],
        ['bzzz leader transfer nova', 'nova leads from now on'],
      ),
    )
    .action(async (options: NodeOptions & { json?: boolean }) => {
      const node = await nodeMeant(options)
      const view = await withProgress('Asking the node.', node.view())
      await (options.json ? printJson(leaderFacts(view)) : print(leaderText(view, terminal())))
    })

  asksNode(
    leader.command('transfer').description('Hand leadership to another voter that has the whole log').argument('<node>', 'name or peer id'),
  )
    .addHelpText('after', examples(['bzzz leader transfer nova', 'before work on the machine that leads now']))
    .action(async (to: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<NodeOptions & { json?: boolean }>()
      const node = await nodeMeant(options)
      const done = await withProgress(`Handing leadership to ${to}.`, node.transfer(to))
      const { members } = await node.view()
      const name = members.find(({ peer }) => peer === done.to)?.name ?? to
      await (options.json ? printJson(done) : print(handedOver(shown(name, terminal()), done)))
    })
}

const handedOver = (name: string, { from, to, tookMs }: { from: string; to: string; tookMs: number }): string =>
  from === to ? `${name} leads already.` : `${name} leads now. It took ${tookMs < 1_000 ? `${tookMs} ms` : `${fixed(tookMs / 1000, 1)} s`}.`

/** What `bzzz leader --json` prints. */
export const leaderFacts = ({ leader, noLeaderBecause, voters, members }: ClusterView) => ({
  leader,
  noLeaderBecause,
  voters,
  scores: ranked(members).map(({ peer, name, role, leads, score, scoreReason }) => ({ peer, name, role, leads, score, scoreReason })),
})

/** The sentence of leadership, then the scores, first in line first. */
export const leaderText = (view: ClusterView, terminal: Terminal): string => {
  if (view.cluster === null)
    throw new Fault('not-a-member', `${view.self.name} is in no cluster yet, so nobody leads.`, { hint: 'See `bzzz status`.' })
  const { strong, rest } = sentence(view)
  const head = paragraph(shown(`${strong}${/^[,.]/.test(rest) ? '' : ' '}${rest}`, terminal), terminal)
  const rows = ranked(view.members).map((member) => [
    shown(member.name, terminal),
    roleMark(member, terminal),
    ...points(member).map((cell) => shown(cell, terminal)),
  ])
  const drawn = table(['NAME', 'ROLE', 'STANDS', 'SCORE', ...partNames.map((part) => part.toUpperCase())], rows, terminal)
  return [
    head,
    drawn,
    ...limits(view.members, terminal),
    ...scoreless(view.members).map((line) => paragraph(shown(line, terminal), terminal)),
  ].join('\n\n')
}

const partNames = ['stability', 'network', 'headroom', 'capacity', 'preference'] as const

const points = ({ score, role }: MemberView): string[] => {
  if (score === null) return ['–', '–', ...partNames.map(() => '')]
  const parts = partNames.map((name) => score.parts.find(({ part }) => part === name))
  return [
    role === 'voter' ? `${score.rank + 1}.` : 'no vote',
    fixed(score.total, 2),
    ...parts.map((part) => (part === undefined ? '–' : fixed(part.value, 2))),
  ]
}

/** How much each part can add, below the table: in the cells it would not fit 100 columns. */
const limits = (members: readonly MemberView[], terminal: Terminal): string[] => {
  const parts = members.find(({ score }) => score !== null)?.score?.parts
  if (parts === undefined) return []
  const most = listed(parts.map(({ part, upTo }) => `${part} ${fixed(upTo, 2)}`))
  return [paragraph(shown(`The parts add up to the score. At most: ${most}.`, terminal), terminal)]
}

/** Why members have no score yet: one sentence for each reason. */
const scoreless = (members: readonly MemberView[]): string[] => {
  const names = new Map<string, string[]>()
  for (const { name, score, scoreReason } of members) {
    const reason = scoreReason ?? 'not enough reports yet'
    if (score === null) names.set(reason, [...(names.get(reason) ?? []), name])
  }
  return [...names].map(([reason, without]) => `${listed(without)} ${agrees(without, 'has', 'have')} no score yet: ${reason}.`)
}

const ranked = (members: readonly MemberView[]): MemberView[] =>
  members.toSorted(
    (a, b) => (a.score?.rank ?? Number.MAX_SAFE_INTEGER) - (b.score?.rank ?? Number.MAX_SAFE_INTEGER) || (a.name < b.name ? -1 : 1),
  )
