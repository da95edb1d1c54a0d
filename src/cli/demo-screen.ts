import { fixed, grouped } from '../../views/words/index.ts'
import type { DemoNode, Story, Writer } from '../demo/index.ts'
import type { ClusterView } from '../node/view.ts'
import { healthMark, mark, roleMark } from './marks.ts'
import { statusText } from './status.ts'
import { paragraph, table } from './table.ts'
import { shown, type Terminal, terminal } from './terminal.ts'

export interface Screen {
  show(view: ClusterView | null, writer: Writer): void
  end(): void
}

/** The live view of the demo: redrawn in place on a terminal, a line every 5 s elsewhere. */
export const demoScreen = async (nodes: readonly DemoNode[], formedMs: number): Promise<Screen> => {
  const here = terminal()
  if (!here.interactive) return lines(nodes)
  const { default: logUpdate } = await import('log-update')
  return {
    show: (view, writer) => logUpdate(screenText(view, { nodes, writer, formedMs }, terminal())),
    end: () => logUpdate.done(),
  }
}

interface Around {
  readonly nodes: readonly DemoNode[]
  readonly writer: Pick<Writer, 'acknowledged' | 'longestGapMs'>
  readonly formedMs: number
}

/** One picture: the state, the machines with their processes, what was written, and what to try next. */
export const screenText = (view: ClusterView | null, { nodes, writer, formedMs }: Around, here: Terminal): string => {
  const { colours } = here
  const title = `${colours.bold('bzzz demo')}  ${colours.dim(`${nodes.length} nodes on loopback, formed in ${fixed(formedMs / 1000, 1)} s`)}`
  const body = view === null ? 'No node answers.' : machines(view, nodes, here)
  const written = `${grouped(writer.acknowledged.length)} writes acknowledged, ${fixed(view?.writesPerSecond ?? 0, 0)} a second now; longest interruption ${fixed(writer.longestGapMs, 0)} ms.`
  return [
    title,
    body,
    paragraph(written, here),
    paragraph(next(view, nodes), here),
    colours.dim('Ctrl-C stops it and removes everything.'),
  ].join('\n\n')
}

const machines = (view: ClusterView, nodes: readonly DemoNode[], here: Terminal): string => {
  const state = statusText({ ...view, members: [] }, here)
  const rows = nodes.map((node) => {
    const member = view.members.find((one) => one.name === node.name)
    const alive = node.alive()
    const health = member === undefined ? '–' : healthMark(alive ? member.health : 'down', here)
    const score = member?.score == null ? (member?.scoreReason ?? '–') : fixed(member.score.total, 2)
    return [
      health,
      shown(node.name, here),
      member === undefined ? '–' : roleMark(member, here),
      score,
      alive ? String(node.pid()) : 'killed',
      node.page() ?? '',
    ]
  })
  return `${state}\n\n${table(['STATE', 'NAME', 'ROLE', 'SCORE', 'PROCESS', 'PAGE'], rows, here)}`
}

const next = (view: ClusterView | null, nodes: readonly DemoNode[]): string => {
  const leader = nodes.find((node) => node.alive() && node.name === view?.leader?.name)
  const page = nodes.find((node) => node.alive() && node.page() !== null)?.page()
  const open = page == null ? '' : `Open ${page} to watch it. `
  return leader === undefined ? open : `${open}Kill the leader and see what happens: kill -9 ${leader.pid()}`
}

const lineEveryMs = 5_000

const lines = (nodes: readonly DemoNode[]): Screen => {
  let lastMs = Number.NEGATIVE_INFINITY
  return {
    show: (view, writer) => {
      if (performance.now() - lastMs < lineEveryMs) return
      lastMs = performance.now()
      const who = view?.leader == null ? 'nobody leads' : `${view.leader.name} leads, because ${view.leader.because}`
      process.stdout.write(`${who}; ${writer.acknowledged.length} writes acknowledged. ${next(view, nodes)}\n`)
    },
    end: () => {},
  }
}

/** What the unattended demo found, for people. */
export const storyText = (story: Story, here: Terminal): string => {
  const good = story.problems.length === 0
  const facts = [
    `${story.nodes} nodes formed a cluster in ${fixed(story.formedMs / 1000, 1)} s. ${story.firstLeader} led, because ${story.firstLeaderBecause}.`,
    story.failoverMs === null
      ? ''
      : `${story.killed} was killed. ${story.newLeader ?? 'Nobody'} led next, and a write was acknowledged ${story.failoverMs} ms after the kill.`,
    `${grouped(story.writesAcknowledged)} writes were acknowledged, ${story.lost.length} of them lost; the outcome of ${story.writesUnknown} was unknown to their client.`,
    `${new Set(Object.values(story.stateRoots)).size === 1 ? 'All members hold the same state.' : 'The members do not agree on the state.'}`,
  ].filter((fact) => fact !== '')
  const verdict = good ? mark('ok', 'everything held', here) : mark('bad', 'something broke', here)
  return [...facts.map((fact) => paragraph(shown(fact, here), here)), verdict].join('\n')
}
