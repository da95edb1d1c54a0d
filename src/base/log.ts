import { Secret } from './secret.ts'

export const logLevels = ['debug', 'info', 'warn', 'error', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** What goes with a message. A `Secret` anywhere inside is written as "[secret]"; an Error as its type, message and stack. */
export type LogFields = Readonly<Record<string, unknown>>

/** Structured log. The message is a constant sentence, what varies goes into the fields. */
export interface Log {
  debug(message: string, fields?: LogFields): void
  info(message: string, fields?: LogFields): void
  warn(message: string, fields?: LogFields): void
  error(message: string, fields?: LogFields): void
  /** A log whose lines name the part of the program they come from. */
  child(component: string): Log
}

/** For tests, and for whoever wants no log. */
export const silentLog: Log = { debug() {}, info() {}, warn() {}, error() {}, child: () => silentLog }

export interface LogOptions {
  readonly level: LogLevel
  readonly format: 'json' | 'pretty'
  /** Takes whole lines; stderr where nothing is given. */
  readonly write?: (line: string) => void
}

/** Opens the log: JSON lines, or lines for people. Loads pino only now, so that commands which log nothing start without it. */
export const openLog = async ({ level, format, write = (line) => void process.stderr.write(line) }: LogOptions): Promise<Log> => {
  const { pino } = await import('pino')
  const lines = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, formatters: { level: (label) => ({ level: label }) } },
    { write: format === 'json' ? write : (line) => write(readable(line)) },
  )
  const over = (child: typeof lines): Log => ({
    debug: (message, fields) => (fields ? child.debug(plain(fields), message) : child.debug(message)),
    info: (message, fields) => (fields ? child.info(plain(fields), message) : child.info(message)),
    warn: (message, fields) => (fields ? child.warn(plain(fields), message) : child.warn(message)),
    error: (message, fields) => (fields ? child.error(plain(fields), message) : child.error(message)),
    child: (component) => over(child.child({ component })),
  })
  return over(lines)
}

const depthMax = 6
const itemsMax = 50
const textMax = 2_000

/** A copy that is safe to print: secrets redacted by type wherever they hide, sizes bounded, cycles cut. */
const plain = (fields: LogFields): Record<string, unknown> => {
  const safe = (value: unknown, depth: number): unknown => {
    if (value instanceof Secret) return String(value)
    if (typeof value === 'string') return value.length > textMax ? `${value.slice(0, textMax)}… (${value.length})` : value
    if (typeof value === 'bigint') return value.toString()
    if (typeof value === 'function' || typeof value === 'symbol') return `[${typeof value}]`
    if (typeof value !== 'object' || value === null) return value
    if (depth >= depthMax) return '[deeper]'
    if (value instanceof Error) return failure(value, (inner) => safe(inner, depth + 1))
    if (value instanceof Date) return value
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`
    if (value instanceof Map) return safe(Object.fromEntries([...value].slice(0, itemsMax)), depth)
    if (value instanceof Set || Array.isArray(value)) return [...value].slice(0, itemsMax).map((item) => safe(item, depth + 1))
    return Object.fromEntries(
      Object.entries(value)
        .slice(0, itemsMax)
        .map(([key, inner]) => [key, safe(inner, depth + 1)]),
    )
  }
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [reserved.has(key) ? `${key}_` : key, safe(value, 0)]))
}

/** Names that pino writes itself; a field of the same name would appear twice in the line. */
const reserved = new Set(['level', 'time', 'msg', 'component'])

const failure = (error: Error, safe: (value: unknown) => unknown): Record<string, unknown> => ({
  ...Object.fromEntries(Object.entries(error).map(([key, value]) => [key, safe(value)])),
  type: error.name,
  message: safe(error.message),
  stack: safe(error.stack ?? ''),
  ...(error.cause === undefined ? {} : { cause: safe(error.cause) }),
})

/** One JSON line as a line for people: "14:28:07 warn  mesh      A peer was refused. peer=nova". */
const readable = (line: string): string => {
  const { time, level, component, msg, ...rest } = JSON.parse(line) as Record<string, unknown>
  const clock = new Date(String(time)).toLocaleTimeString('en-GB', { hour12: false })
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${shown(value)}`)
  const text = [clock, String(level).padEnd(5), String(component ?? 'node').padEnd(9), String(msg ?? ''), ...fields].join(' ')
  return `${text.replaceAll(steering, '\ufffd')}\n`
}

/** What steers a terminal or turns the reading direction; the line ends of a stack stay. */
const steering = /[^\P{Cc}\n]|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu

const shown = (value: unknown): string => {
  if (typeof value === 'string') return /^[\w.:/@+-]+$/.test(value) ? value : JSON.stringify(value)
  if (typeof value === 'object' && value !== null && 'stack' in value) return `\n  ${String(value.stack).replaceAll('\n', '\n  ')}`
  return JSON.stringify(value)
}
