import { Fault } from '../base/index.ts'
import { type FoundAnswer, foundAnswerSchema, type KeyRequest, type OperatorPublic, operatorAnswerSchema } from '../keys/index.ts'
import type { KeyProcess } from '../setup/index.ts'
import { selfCommand } from './self-command.ts'

const patienceMs = 60_000
const answerBytesMax = 256 * 1024

/**
 * Work with secrets in a process that lives only for it: the request goes in over a pipe, never by argument or environment, and no core is
 * dumped. One at a time, because each takes 256 MiB.
 */
export const openKeyProcess = (command: readonly string[] = selfCommand()): KeyProcess => {
  let before: Promise<unknown> = Promise.resolve()
  const inTurn = (request: KeyRequest): Promise<unknown> => {
    const now = before.then(() => work(command, request))
    before = now.catch(() => undefined)
    return now
  }
  return {
    operator: async (passphrase): Promise<OperatorPublic> => operatorAnswerSchema.parse(await inTurn({ work: 'operator', passphrase })),
    found: async (request): Promise<FoundAnswer> => foundAnswerSchema.parse(await inTurn({ work: 'found', ...request })),
  }
}

const work = async (command: readonly string[], request: KeyRequest): Promise<unknown> => {
  const child = Bun.spawn(['/bin/sh', '-c', 'ulimit -c 0; exec "$@"', 'sh', ...command, 'key-process'], {
    cwd: '/',
    env: {},
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'ignore',
    timeout: patienceMs,
    killSignal: 'SIGKILL',
  })
  try {
    child.stdin.write(JSON.stringify(request))
    await child.stdin.end()
    const [answer, code] = await Promise.all([child.stdout.text(), child.exited])
    if (code === 0 && answer.length <= answerBytesMax) return JSON.parse(answer)
  } catch {
    // Whatever broke may carry the request: it is not passed on.
  } finally {
    child.kill('SIGKILL')
  }
  throw new Fault('key-process', 'The process that works with keys ended without an answer.', {
    hint: 'It needs 256 MiB of free memory for a second. See `free -m`, then try again; nothing was kept.',
  })
}
