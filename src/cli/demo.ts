import { type Command, InvalidArgumentError } from 'commander'
import { Fault } from '../base/index.ts'
import { formDemo, leaderSeenBy, nodeNames, playStory, startNodes, Writer } from '../demo/index.ts'
import { connect } from './client.ts'
import { demoScreen, storyText } from './demo-screen.ts'
import { examples } from './examples.ts'
import { complain, print, printJson } from './print.ts'
import { selfCommand } from './self-command.ts'
import { terminal } from './terminal.ts'

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
    .option('--web-port <port>', 'port of the first node’s page; else any free one', portOf)
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
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted).once('SIGHUP', interrupted)
  const from = performance.now()
  await using demo = await startNodes(options.nodes, { command: selfCommand(), connect, webPort: options.webPort ?? 0 })
  await say(`${options.nodes} ${options.nodes === 1 ? 'node runs' : 'nodes run'} on loopback.`)
  await formDemo(demo.nodes, (sentence) => void say(sentence))
  const formedMs = performance.now() - from
  if (options.for === undefined) {
    await watch(demo.nodes, stop.signal, formedMs)
    return
  }

  const telling = (sentence: string) => void say(sentence)
  const story = await Promise.race([
    playStory({ nodes: demo.nodes, formedMs, forMs: options.for, say: telling }),
    new Promise<null>((resolve) => stop.signal.addEventListener('abort', () => resolve(null))),
  ])
  if (story === null) throw new Fault('interrupted', 'The demo was interrupted; everything it made is removed.')
  await (options.json === true ? printJson({ ok: story.problems.length === 0, ...story }) : print(storyText(story, terminal())))
  if (story.problems.length > 0) {
    throw new Fault('demo-failed', story.problems.join(' '), { hint: 'Run it again with BZZZ_LOG_LEVEL=debug and look at the log.' })
  }
}

const watch = async (nodes: Parameters<typeof playStory>[0]['nodes'], signal: AbortSignal, formedMs: number): Promise<void> => {
  const writer = new Writer('demo', nodes, 20)
  writer.start()
  const screen = await demoScreen(nodes, formedMs)
  while (!signal.aborted) {
    const view = await leaderSeenBy(nodes, 400).catch(() =>
      nodes
        .find((node) => node.alive())
        ?.client.view()
        .catch(() => null),
    )
    screen.show(view ?? null, writer)
    await Promise.race([Bun.sleep(500), new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))])
  }
  screen.end()
  await writer.stop()
  await complain('The nodes are stopped and their data is removed.')
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
