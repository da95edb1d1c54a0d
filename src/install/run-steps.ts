import { Fault } from '../base/index.ts'
import { asLine, type Shell } from './command.ts'
import type { Step } from './plan.ts'

export type Say = (what: string) => void

/** Carries out steps in order; what is said of those that may fail and did. A Fault `step-failed` names the command and what it answered. */
export const runSteps = async (steps: readonly Step[], shell: Shell, say: Say): Promise<readonly string[]> => {
  const remarks: string[] = []
  for (const step of steps) {
    say(step.what)
    const problem = await runStep(step, shell)
    if (problem === null) continue
    if (step.otherwise === undefined) throw problem
    if (step.otherwise !== '') remarks.push(step.otherwise)
  }
  return remarks
}

const runStep = async ({ what, commands }: Step, shell: Shell): Promise<Fault | null> => {
  for (const command of commands) {
    const { code, stderr, stdout } = await shell.run(command)
    if (code === 0) continue
    const line = asLine({ program: command.program, args: command.args })
    const said = (stderr.trim() || stdout.trim()).split('\n').slice(-3).join(' ').slice(0, 400)
    return new Fault('step-failed', `"${what}" failed: \`${line}\` ${ended(code)}${said === '' ? '.' : `: ${said}`}`, {
      hint: 'Mend that and run it again; it goes on where it stopped.',
    })
  }
  return null
}

const ended = (code: number | null): string => (code === null ? 'could not be run' : `ended with ${code}`)
