import { type ChildProcess, spawn } from 'node:child_process'
import { answerMsMax, type Ran, type Run } from './ports.ts'

const outputBytesMax = 1024 * 1024

/**
 * Runs programs for real. A program that hangs is killed after its limit and the answer does not wait for its end: one that is stuck in
 * the kernel (nvidia-smi on a broken driver) cannot even be killed. While it is stuck, no second one is started.
 */
export const commandRunner = (): Run => {
  const stuck = new Set<string>()
  return (program, args, options = {}) => {
    if (stuck.has(program)) return Promise.resolve(noAnswer)
    return runOnce(program, args, options.timeoutMs ?? answerMsMax, stuck)
  }
}

const noAnswer: Ran = { code: null, stdout: '', stderr: '', problem: 'timed-out' }

const runOnce = (program: string, args: readonly string[], timeoutMs: number, stuck: Set<string>): Promise<Ran> =>
  new Promise((resolve) => {
    let child: ChildProcess
    try {
      // The C locale: what we parse must not depend on the language of the machine.
      child = spawn(program, [...args], { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C', LANGUAGE: 'C' } })
    } catch (error) {
      resolve({ ...noAnswer, problem: problemOf(error) })
      return
    }
    const stdout = collect(child.stdout)
    const stderr = collect(child.stderr)
    const timer = setTimeout(() => {
      stuck.add(program)
      child.kill('SIGKILL')
      child.stdout?.destroy()
      child.stderr?.destroy()
      child.unref()
      resolve({ code: null, stdout: stdout(), stderr: stderr(), problem: 'timed-out' })
    }, timeoutMs)
    child.on('error', (error) => {
      clearTimeout(timer)
      resolve({ ...noAnswer, problem: problemOf(error) })
    })
    child.on('exit', () => stuck.delete(program))
    child.on('close', (code) => {
      clearTimeout(timer)
      resolve({ code, stdout: stdout(), stderr: stderr(), problem: code === null ? 'failed' : null })
    })
  })

const problemOf = (error: unknown): Ran['problem'] =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'missing' : 'failed'

const collect = (stream: NodeJS.ReadableStream | null): (() => string) => {
  const chunks: Buffer[] = []
  let sizeBytes = 0
  stream?.on('data', (chunk: Buffer) => {
    if (sizeBytes >= outputBytesMax) return
    chunks.push(chunk.subarray(0, outputBytesMax - sizeBytes))
    sizeBytes += chunk.length
  })
  return () => Buffer.concat(chunks).toString('utf8')
}
