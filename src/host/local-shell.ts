import { spawn } from 'node:child_process'
import type { Answered, Command, Shell } from '../install/command.ts'

/** Longest that one command of an installation may take: copying the executable to a slow disk. */
const commandMsMax = 120_000
const outputBytesMax = 64 * 1024

/** Runs commands on this machine, in the C locale, one after the other. */
export const localShell = (): Shell => ({ run: runHere })

const runHere = ({ program, args, input }: Command): Promise<Answered> =>
  new Promise((resolve) => {
    const child = spawn(program, [...args], { env: { ...process.env, LC_ALL: 'C' }, timeout: commandMsMax, killSignal: 'SIGKILL' })
    const stdout = collected(child.stdout)
    const stderr = collected(child.stderr)
    child.on('error', (error) => resolve({ code: null, stdout: '', stderr: error.message }))
    child.on('close', (code) => resolve({ code, stdout: stdout(), stderr: stderr() }))
    // One that does not read what it is given closes its end; its exit code says the rest.
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
  })

const collected = (stream: NodeJS.ReadableStream): (() => string) => {
  let text = ''
  stream.setEncoding('utf8')
  stream.on('data', (chunk: string) => {
    if (text.length < outputBytesMax) text += chunk
  })
  return () => text.slice(0, outputBytesMax)
}
