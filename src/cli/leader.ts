import type { Command } from 'commander'
import { sentence } from '../../views/cluster/index.ts'
import { fixed } from '../../views/words/index.ts'
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
      await (options.json ? printJson(done) : print(`${shown(name, terminal())} leads now. It took ${fixed(done.tookMs / 1000, 1)} s.`))
    })
}

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
  const parts = ['stability', 'network', 'headroom', 'capacity', 'preference']
  return `${head}\n\n${table(['NAME', 'ROLE', 'STANDS', 'SCORE', ...parts.map((part) => part.toUpperCase())], rows, terminal)}`
}

const points = ({ score, scoreReason, role }: MemberView): string[] => {
  if (score === null) return ['–', scoreReason ?? 'no score yet']
  const part = (name: string) => score.parts.find((one) => one.part === name)
  return [
    role === 'voter' ? `${score.rank + 1}.` : 'no vote',
    fixed(score.total, 2),
    ...['stability', 'network', 'headroom', 'capacity', 'preference'].map((name) => {
      const one = part(name)
      return one === undefined ? '–' : `${fixed(one.value, 2)} of ${fixed(one.upTo, 2)}`
    }),
  ]
}

const ranked = (members: readonly MemberView[]): MemberView[] =>
  members.toSorted(
    (a, b) => (a.score?.rank ?? Number.MAX_SAFE_INTEGER) - (b.score?.rank ?? Number.MAX_SAFE_INTEGER) || (a.name < b.name ? -1 : 1),
  )
