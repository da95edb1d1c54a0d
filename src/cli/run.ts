import type { Command } from 'commander'
import type { Config, RunningNode, SettingFlag } from '../app/index.ts'
import { Fault, openLog } from '../base/index.ts'
import { examples } from './examples.ts'
import { print, printJson } from './print.ts'

const stopMsMax = 10_000

/** Every setting that `run` takes as a flag; the configuration file and the environment know them too. */
const flags: Readonly<Record<SettingFlag, readonly [value: string, about: string]>> = {
  data: ['<folder>', 'where the node keeps everything (BZZZ_DATA)'],
  name: ['<name>', "name of this machine in the cluster; else the host's (BZZZ_NAME)"],
  zone: ['<zone>', 'rack or site (BZZZ_ZONE)'],
  socket: ['<path>', 'socket for the command line; else in the data folder (BZZZ_SOCKET)'],
  'web-host': ['<address>', 'loopback address of the page (BZZZ_WEB_HOST)'],
  'web-port': ['<port>', 'port of the page, 8080; 0 for any (BZZZ_WEB_PORT)'],
  'mesh-host': ['<address>', 'address that other machines dial; else all (BZZZ_MESH_HOST)'],
  'mesh-port': ['<port>', 'port that other machines dial, 8081 (BZZZ_MESH_PORT)'],
  announce: ['<addresses>', 'addresses to tell the others, separated by commas (BZZZ_MESH_ANNOUNCE)'],
  'bulk-port': ['<port>', 'port for models and joining, 8082 (BZZZ_BULK_PORT)'],
  'gateway-port': ['<port>', 'port for Ollama clients, 11435 (BZZZ_GATEWAY_PORT)'],
  'ollama-url': ['<url>', "this machine's Ollama (BZZZ_OLLAMA_URL)"],
  'log-level': ['<level>', 'debug, info, warn, error or silent (BZZZ_LOG_LEVEL)'],
  'log-format': ['<format>', 'json, pretty or auto (BZZZ_LOG_FORMAT)'],
}

/** `bzzz run`: the node, in the foreground, until a signal. */
export const runCommand = (program: Command): void => {
  const command = program.command('run').description('Run the node of this machine in the foreground')
  command.option('--config <file>', 'configuration file (BZZZ_CONFIG)')
  for (const [name, [value, about]] of Object.entries(flags)) command.option(`--${name} ${value}`, about)
  command
    .option('--stop-with-parent', 'also stop when standard input closes')
    .option('--json', 'print where the node is as one JSON object')
    .addHelpText(
      'after',
      examples(
        ['bzzz run', 'with /etc/bzzz/config.yaml, or that of this user'],
        ['bzzz run --data ./node --web-port 0', 'a second node, its page on any free port'],
      ),
    )
    .action(async (options: Record<string, string | boolean | undefined>) => {
      const given = Object.fromEntries(
        command.options.flatMap((option) => {
          const value = options[option.attributeName()]
          return typeof value === 'string' ? [[option.name(), value]] : []
        }),
      )
      const { readConfig, startNode } = await import('../app/index.ts')
      await runNode(readConfig(given), startNode, { json: options.json === true, withParent: options.stopWithParent === true })
    })
}

/** Starts the node, says where it is, waits for the reason to stop, stops it in order. A failure nobody expected also stops it. */
const runNode = async (
  config: Config,
  start: (config: Config) => Promise<RunningNode>,
  { json, withParent }: { json: boolean; withParent: boolean },
): Promise<void> => {
  const reason = reasonToStop(withParent)
  const starting = start(config)
  const node = await Promise.race([starting, reason.then(() => null)])
  if (node === null) {
    await withinTime((await starting)[Symbol.asyncDispose]())
    return
  }
  const { name, peer, page } = node.service.identity()
  const facts = { name, peer, page, socket: config.socket, data: config.data, pid: process.pid }
  await (json ? printJson(facts) : print(page === null ? `${name} runs.` : `${name} runs. Its page is ${page}`))
  const failure = await reason
  if (failure !== null) {
    const log = await openLog(config.log)
    log.error('Something failed that should not; the node stops.', { error: failure })
  }
  await withinTime(node[Symbol.asyncDispose]())
  if (failure !== null) throw failure
}

/** Resolves on SIGINT, SIGTERM or SIGHUP, when the parent goes (null), or with an error that nobody caught. A second signal kills at once. */
const reasonToStop = (withParent: boolean): Promise<unknown> => {
  const { promise, resolve } = Promise.withResolvers<unknown>()
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const onSignal = () => {
    for (const signal of signals) process.off(signal, onSignal)
    resolve(null)
  }
  for (const signal of signals) process.on(signal, onSignal)
  process.on('uncaughtException', resolve)
  process.on('unhandledRejection', resolve)
  if (withParent)
    process.stdin
      .on('end', () => resolve(null))
      .on('error', () => resolve(null))
      .resume()
  return promise
}

const withinTime = async (stopping: PromiseLike<void>): Promise<void> => {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(
    () =>
      reject(
        new Fault('stop-timeout', `The node did not stop in order within ${stopMsMax / 1000} s, so it ends now.`, {
          hint: 'Nothing acknowledged is lost. The log says what hung.',
        }),
      ),
    stopMsMax,
  )
  try {
    await Promise.race([stopping, promise])
  } finally {
    clearTimeout(timer)
  }
}
