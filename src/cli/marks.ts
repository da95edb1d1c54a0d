import type { Finding } from '../host/types.ts'
import type { MemberView } from '../node/view.ts'
import type { Terminal } from './terminal.ts'

export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'off'

/** Symbol, its ASCII form and colour of each tone. A symbol never stands without its word. */
const tones = {
  ok: { symbol: '✔', ascii: '+', colour: 'green' },
  info: { symbol: '◌', ascii: '~', colour: 'cyan' },
  warn: { symbol: '◐', ascii: '!', colour: 'yellow' },
  bad: { symbol: '✖', ascii: 'x', colour: 'red' },
  off: { symbol: '○', ascii: '-', colour: 'dim' },
} as const

/** A word with its symbol, in its colour. */
export const mark = (tone: Tone, word: string, { colours, unicode }: Terminal): string => {
  const { symbol, ascii, colour } = tones[tone]
  return colours[colour](`${unicode ? symbol : ascii} ${word}`)
}

const healths: Readonly<Record<MemberView['health'], readonly [Tone, string]>> = {
  healthy: ['ok', 'healthy'],
  joining: ['info', 'joining'],
  suspected: ['warn', 'suspected'],
  down: ['bad', 'down'],
  unknown: ['off', 'not heard yet'],
}

/** The state of a machine. */
export const healthMark = (health: MemberView['health'], terminal: Terminal): string => mark(...healths[health], terminal)

/** "leader · voter": the leader with its hexagon. */
export const roleMark = ({ leads, role }: Pick<MemberView, 'leads' | 'role'>, { colours, unicode }: Terminal): string =>
  leads ? `${colours.yellow(unicode ? '⬢ leader' : '* leader')}${unicode ? ' · ' : ', '}${role}` : role

const levels: Readonly<Record<Finding['level'], readonly [Tone, string]>> = {
  ok: ['ok', 'ok'],
  warn: ['warn', 'warn'],
  fail: ['bad', 'fail'],
}

/** The level of a finding. */
export const levelMark = (level: Finding['level'], terminal: Terminal): string => mark(...levels[level], terminal)
