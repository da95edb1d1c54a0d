import { type Command, InvalidArgumentError } from 'commander'
import { selfCommand } from '../app/index.ts'
import { Fault } from '../base/index.ts'
import { copyLogs, type DemoNode, formDemo, leaderSeenBy, makeNodes, nodeNames, playStory, Reviver, Writer } from '../demo/index.ts'
import type { ClusterView } from '../node/view.ts'
import { connect } from './client.ts'
import { demoScreen, storyText } from './demo-screen.ts'
import { examples } from './examples.ts'
import { complain, print, printJson } from './print.ts'
import { terminal } from './terminal.ts'

const usualWebPort = 8080
const lookEveryMs = 500

interface Options {
  readonly nodes: number
  readonly for?: number
  readonly json?: boolean
  readonly webPort?: number
}

/** `bzzz demo`: a whole cluster on loopback, to look at or to prove itself. */
export const demoCommand = (program: Command): void => {
  program
    .command('demo')
    .description('Run a whole cluster on this machine, with throw-away state')
    .option('--nodes <count>', `machines, 1 to ${nodeNames.length}`, countOf, 3)
    .option(
      '--for <time>',
      'unattended: write, kill the leader halfway, check that nothing was lost, stop after about this time (20s, 2m)',
      msOf,
    )
    .option('--web-port <port>', 'port of the first node’s page; else 8080 where it is free, or any', portOf)
    .option('--json', 'with --for: the result as one JSON object')
    .addHelpText(
      'after',
      examples(
        ['bzzz demo', '3 nodes, a live view, Ctrl-C ends it and removes everything'],
        ['bzzz demo --nodes 5', 'with five'],
        ['bzzz demo --for 20s --json', 'unattended: what was measured, exit code 0 if all held'],
      ),
    )
    .action((options: Options) => run(options))
}

const run = async (options: Options): Promise<void> => {
  if (options.json === true && options.for === undefined) {
    throw new Fault('usage', 'The live view has no JSON form.', { hint: 'Add --for 20s to run unattended.' })
  }
  const say = (sentence: string) => (options.json === true ? Promise.resolve() : complain(sentence))
  const stop = new AbortController()
  const interrupted = () => stop.abort()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupted)
  // A terminal that was closed takes no words any more; what was started is to be cleaned up all the same.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', interrupted)
  const from = performance.now()
  await using demo = makeNodes(options.nodes, { command: selfCommand(), connect, webPort: options.webPort ?? usualWebPort })
  try {
    await unlessStopped(demo.start(), stop.signal)
    await say(`${options.nodes} ${options.nodes === 1 ? 'node runs' : 'nodes run'} on loopback.`)
    await unlessStopped(
      formDemo(demo.nodes, (sentence) => void say(sentence)),
      stop.signal,
    )
    const formedMs = performance.now() - from
    if (options.for === undefined) await watch(demo.nodes, stop.signal, formedMs)
    else await tell(demo.nodes, stop.signal, formedMs, options.for, options.json === true)
  } finally {
    if (process.env.BZZZ_LOG_LEVEL) await complain(`The logs of the nodes are in ${copyLogs(demo.folder)}.`)
  }
}

const tell = async (nodes: readonly DemoNode[], signal: AbortSignal, formedMs: number, forMs: number, json: boolean): Promise<void> => {
  const say = (sentence: string) => void (json ? undefined : complain(sentence))
  const story = await unlessStopped(playStory({ nodes, formedMs, forMs, say }), signal)
  await (json ? printJson({ ok: story.problems.length === 0, ...story }) : print(storyText(story, terminal())))
  if (story.problems.length > 0)
    throw new Fault('demo-failed', story.problems.join(' '), { hint: 'With BZZZ_LOG_LEVEL=debug the demo keeps the logs of its nodes.' })
}

const watch = async (nodes: readonly DemoNode[], signal: AbortSignal, formedMs: number): Promise<void> => {
  const writer = new Writer('demo', nodes, 20)
  const reviver = new Reviver(nodes)
  writer.start()
  const screen = await demoScreen({ nodes, writer, reviver, formedMs })
  while (!signal.aborted) {
    reviver.look(performance.now())
    screen.show(await viewOf(nodes))
    await pause(lookEveryMs, signal)
  }
  screen.end()
  void writer.stop()
  await complain('The nodes are stopped and their data is removed.')
}

/** As a node that knows the leader sees it; else as any sees it; null where none answers. */
const viewOf = (nodes: readonly DemoNode[]): Promise<ClusterView | null> =>
  leaderSeenBy(nodes, 400).catch(async () => {
    for (const node of nodes.filter((one) => one.alive())) {
      const view = await node.client.view().catch(() => null)
      if (view !== null) return view
    }
    return null
  })

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  const aborted = Promise.withResolvers<void>()
  signal.addEventListener('abort', () => aborted.resolve(), { once: true })
  await Promise.race([Bun.sleep(ms), aborted.promise])
}

/** What `work` gives, or a Fault as soon as the demo is told to stop; whatever goes on in the background ends with its nodes. */
const unlessStopped = async <Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> => {
  const stopped = Promise.withResolvers<never>()
  const stop = () => stopped.reject(new Fault('interrupted', 'The demo was interrupted; everything it made is removed.'))
  if (signal.aborted) stop()
  signal.addEventListener('abort', stop, { once: true })
  work.catch(() => {})
  try {
    return await Promise.race([work, stopped.promise])
  } finally {
    signal.removeEventListener('abort', stop)
  }
}

const countOf = (text: string): number => {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 1 && count <= nodeNames.length) return count
  throw new InvalidArgumentError(`Give a whole number from 1 to ${nodeNames.length}.`)
}

const portOf = (text: string): number => {
  const port = Number(text)
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return port
  throw new InvalidArgumentError('Give a port, 0 to 65535.')
}

const msOf = (text: string): number => {
  const [, amount, unit] = /^(\d{1,5})(s|m)?$/.exec(text) ?? []
  const ms = Number(amount) * (unit === 'm' ? 60_000 : 1_000)
  if (ms >= 2_000 && ms <= 3_600_000) return ms
  throw new InvalidArgumentError('Give a time from 2s to 60m, such as 20s.')
}
