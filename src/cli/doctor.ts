import type { Command } from 'commander'
import { counted } from '../../views/words/index.ts'
import { Fault } from '../base/index.ts'
import type { Finding } from '../host/types.ts'
import { examples } from './examples.ts'
import { levelMark } from './marks.ts'
import { asksNode, type NodeOptions, nodeMeant } from './node-options.ts'
import { print, printJson } from './print.ts'
import { withProgress } from './progress.ts'
import { wrap } from './table.ts'
import { shown, type Terminal, terminal } from './terminal.ts'

/** `bzzz doctor`: what on this machine is fine and what is not; with --peer, why a machine cannot be seen. */
export const doctorCommand = (program: Command): void => {
  asksNode(program.command('doctor').description('Check this machine, or the way to another one'))
    .option('--peer <name>', 'find out why this machine does not see that one (asks the running node)')
    .addHelpText(
      'after',
      examples(['bzzz doctor', 'system, disk, GPUs, ports, clock, Ollama'], ['bzzz doctor --peer nova', 'why nova is not seen from here']),
    )
    .action(async (options: NodeOptions & { json?: boolean; peer?: string }) => {
      const findings = await withProgress(
        options.peer === undefined ? 'Looking at this machine.' : `Looking for ${options.peer}.`,
        found(options),
      )
      await (options.json ? printJson({ findings }) : print(findingsText(findings, terminal())))
      const failed = findings.filter(({ level }) => level === 'fail').length
      if (failed > 0)
        throw new Fault('checks-failed', `${failed} of ${counted(findings.length, 'check')} failed.`, {
          hint: 'The remedies stand beside them.',
        })
    })
}

const found = async (options: NodeOptions & { peer?: string }): Promise<readonly Finding[]> => {
  if (options.peer !== undefined) return (await nodeMeant(options)).diagnosePeer(options.peer)
  const { examineMachine, readConfig } = await import('../app/index.ts')
  const { data, config, socket } = options
  return examineMachine(readConfig({ ...(data && { data }), ...(config && { config }), ...(socket && { socket }) }))
}

/** One line for each finding, the remedy under it. */
export const findingsText = (findings: readonly Finding[], terminal: Terminal): string => {
  const checks = Math.max(...findings.map(({ check }) => check.length), 0)
  return findings
    .map(({ check, level, message, remedy }) => {
      const head = `${levelMark(level, terminal)}${' '.repeat(6 - level.length)}`
      const indent = Math.min(checks + 10, Math.floor(terminal.columns / 3))
      const lines = [
        ...wrap(shown(message, terminal), terminal.columns - indent),
        ...(remedy === undefined ? [] : wrap(`${terminal.unicode ? '→' : '->'} ${shown(remedy, terminal)}`, terminal.columns - indent)),
      ]
      return `${head}${check.padEnd(indent - 8)}${lines.join(`\n${' '.repeat(indent)}`)}`
    })
    .join('\n')
}
