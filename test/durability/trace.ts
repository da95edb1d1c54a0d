import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** One system call of a traced process. Times are seconds since 1970 on the clock of the machine, so calls of several processes compare. */
export interface Call {
  readonly at: number
  readonly until: number
  readonly name: string
  /** What the descriptor was: '/data/log.db-wal', 'TCP:[…]', 'UNIX-STREAM:[…]'. */
  readonly target: string
  /** The bytes as strace shows them: text is readable, the rest escaped. */
  readonly text: string
  readonly result: number
}

/** The calls of one node, all its threads, in order of time. */
export interface Trace {
  readonly node: string
  readonly calls: readonly Call[]
}

/** The strace options that `readTrace` expects; one file per thread, so that no call is shown in two halves. */
export const straceOptions = (prefix: string): readonly string[] => [
  ...['-ff', '--seccomp-bpf', '-yy', '-ttt', '-T', '-s', '6000', '-o', prefix],
  ...['-e', 'signal=none', '-e', `trace=${[...writes, ...syncs, ...sends, ...receives].join(',')}`],
]

const writes = ['pwrite64', 'pwritev', 'pwritev2']
const syncs = ['fsync', 'fdatasync', 'sync_file_range', 'msync']
const sends = ['write', 'writev', 'sendto', 'sendmsg', 'sendmmsg']
const receives = ['recvfrom', 'recvmsg', 'read', 'readv']

export const isSync = (call: Call): boolean => (call.name === 'fsync' || call.name === 'fdatasync') && call.result === 0
export const isLogWrite = (call: Call): boolean => writes.includes(call.name) && call.target.endsWith('-wal')
export const isSend = (call: Call): boolean => sends.includes(call.name) && call.result > 0
export const isReceive = (call: Call): boolean => receives.includes(call.name) && call.result > 0
export const isMesh = (call: Call): boolean => /^TCP(v6)?:/.test(call.target)
export const isSocket = (call: Call): boolean => call.target.startsWith('UNIX')

/** Reads what strace wrote into `folder` under `prefix`, one file per thread. */
export const readTrace = (node: string, folder: string, prefix: string): Trace => {
  const files = readdirSync(folder).filter((name) => name.startsWith(`${prefix}.`))
  return traceOf(
    node,
    files.map((name) => readFileSync(join(folder, name), 'latin1')),
  )
}

/** A trace from the text of its threads. Lines that are no finished call on a descriptor (exits, killed calls) count for nothing. */
export const traceOf = (node: string, threads: readonly string[]): Trace => {
  const calls = threads.flatMap((text) => text.split('\n').flatMap((line) => parseCall(line) ?? []))
  return { node, calls: calls.sort((one, other) => one.at - other.at) }
}

const shape = /^(\d+\.\d+) (\w+)\(\d+<(.+?)>(?:, (.*))?\)\s+= (-?\d+)[^<]*(?:<(\d+\.\d+)>)?$/s

/** One line of strace, or null. */
export const parseCall = (line: string): Call | null => {
  const found = shape.exec(line)
  if (found === null) return null
  const [, began, name = '', target = '', rest = '', result, took = '0'] = found
  const at = Number(began)
  return {
    at,
    until: at + Number(took),
    name,
    target: pathOf(target),
    text: /"((?:[^"\\]|\\.)*)"/s.exec(rest)?.[1] ?? '',
    result: Number(result),
  }
}

/** With -yy a deleted or special file carries a suffix; a block device a number. */
const pathOf = (target: string): string => target.replace(/(\(deleted\)|<.*>)$/, '')
