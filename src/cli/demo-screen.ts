import { sentence } from '../../views/cluster/index.ts'
import { cardNames, counted, fixed, grouped, memoryAmount } from '../../views/words/index.ts'
import type { DemoNode, Reviver, Story, Writer } from '../demo/index.ts'
import type { ClusterView } from '../node/view.ts'
import { healthMark, mark, roleMark } from './marks.ts'
import { paragraph, table, tableWidth } from './table.ts'
import { shown, type Terminal, terminal } from './terminal.ts'

export interface Screen {
  show(view: ClusterView | null): void
  end(): void
}

/** What the live view shows beside the cluster's own picture. */
export interface Around {
  readonly nodes: readonly DemoNode[]
  readonly writer: Pick<Writer, 'acknowledged' | 'longestGapMs'>
  readonly reviver: Pick<Reviver, 'backInMs'>
  readonly formedMs: number
}

/** The live view of the demo: redrawn in place on a terminal, a line every 5 s elsewhere. */
export const demoScreen = async (around: Around): Promise<Screen> => {
  const here = terminal()
  if (!here.interactive) return lines(around)
  const { default: logUpdate } = await import('log-update')
  return {
    show: (view) => logUpdate(screenText(view, around, terminal(), process.stdout.rows)),
    end: () => logUpdate.done(),
  }
}

/** One picture: the state, the machines with their processes, what was written, and what to try next. On a low terminal without blank lines. */
export const screenText = (view: ClusterView | null, around: Around, here: Terminal, rows: number): string => {
  const { nodes, writer, formedMs } = around
  const { colours } = here
  const count = `${nodes.length} ${nodes.length === 1 ? 'node' : 'nodes'} on loopback, formed in ${fixed(formedMs / 1000, 1)} s`
  const written = `${grouped(writer.acknowledged.length)} writes acknowledged, ${fixed(view?.writesPerSecond ?? 0, 0)} a second now; longest interruption ${fixed(writer.longestGapMs, 0)} ms.`
  const parts = [
    `${colours.bold('bzzz demo')}  ${colours.dim(count)}`,
    view === null ? 'No node answers.' : stateText(view, here),
    machines(view, around, here),
    ...has(view, here),
    paragraph(written, here),
    paragraphs([...next(view, nodes), 'Ctrl-C stops it and removes everything.'], here),
  ]
  const airy = parts.join('\n\n')
  return airy.split('\n').length < rows ? airy : parts.join('\n')
}

const stateText = (view: ClusterView, here: Terminal): string => {
  const { headline, strong, rest } = sentence(view)
  const said = `${strong}${/^[,.]/.test(rest) ? '' : ' '}${rest}`
  return `${here.colours.bold(paragraph(shown(headline, here), here))}\n${paragraph(shown(said, here), here)}`
}

/** All columns where there is room for them; the page first, then the score, is left out where there is not. */
const machines = (view: ClusterView | null, { nodes, reviver }: Around, here: Terminal): string => {
  const nowMs = performance.now()
  const rows = nodes.map((node) => {
    const member = view?.members.find((one) => one.name === node.name)
    const alive = node.alive()
    return [
      member === undefined ? '–' : healthMark(alive ? member.health : 'down', here),
      shown(node.name, here),
      member === undefined ? '–' : roleMark({ ...member, leads: alive && member.leads }, here),
      alive ? String(node.pid()) : shown(killed(reviver.backInMs(node, nowMs)), here),
      member?.score == null ? '–' : fixed(member.score.total, 2),
      node.page() ?? '',
    ]
  })
  const headings = ['STATE', 'NAME', 'ROLE', 'PROCESS', 'SCORE', 'PAGE']
  const some = (columns: number): [string[], string[][]] => [headings.slice(0, columns), rows.map((row) => row.slice(0, columns))]
  const fitting = [6, 5].map(some).find((one) => tableWidth(...one) <= here.columns)
  return table(...(fitting ?? some(4)), here)
}

/** What each machine has, as it reported it: on loopback all are one machine, so one line says it. */
const has = (view: ClusterView | null, here: Terminal): string[] => {
  const reported = view?.members.find((member) => member.capabilities !== null)?.capabilities
  if (reported == null) return []
  const { os, cpu, memory, gpus, ollama } = reported
  const ram = memoryAmount(memory.totalBytes - memory.freeBytes, memory.totalBytes)
  const facts = [
    os.name,
    counted(cpu.cores, 'core'),
    `${ram.total} ${ram.unit} of memory, ${ram.used} in use`,
    cardNames(gpus),
    ollama === null ? 'no Ollama' : 'Ollama',
  ]
  return [paragraph(shown(`Each reports ${facts.join(', ')}.`, here), here)]
}

const killed = (backInMs: number | null): string =>
  backInMs === null ? 'killed' : backInMs === 0 ? 'starts again' : `killed, back in ${Math.ceil(backInMs / 1000)} s`

/** What to try next, a sentence each. */
const next = (view: ClusterView | null, nodes: readonly DemoNode[]): string[] => {
  const leader = nodes.find((node) => node.alive() && node.name === view?.leader?.name)
  const page = nodes.find((node) => node.alive() && node.page() !== null)?.page()
  return [
    ...(page == null ? [] : [`Open ${page} to watch it.`]),
    ...(leader === undefined
      ? []
      : [`Kill the leader and see what happens: kill -9 ${leader.pid()}`, 'Whatever you kill starts again by itself after 5 s.']),
  ]
}

const paragraphs = (sentences: readonly string[], here: Terminal): string =>
  sentences.map((sentence) => paragraph(shown(sentence, here), here)).join('\n')

const lineEveryMs = 5_000

const lines = ({ nodes, writer }: Around): Screen => {
  let lastMs = Number.NEGATIVE_INFINITY
  return {
    show: (view) => {
      if (performance.now() - lastMs < lineEveryMs) return
      lastMs = performance.now()
      const who = view?.leader == null ? 'nobody leads' : `${view.leader.name} leads, because ${view.leader.because}`
      process.stdout.write(`${who}; ${writer.acknowledged.length} writes acknowledged. ${next(view, nodes).slice(0, 2).join(' ')}\n`)
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
