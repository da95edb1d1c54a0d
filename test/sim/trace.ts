import { showTerm } from '../../src/base/index.ts'
import type { Message } from '../../src/consensus/messages.ts'

/** The last things that happened, for whoever has to understand a failure. */
export interface Trace {
  say(who: string, text: string): void
  message(from: string, to: string, message: Message): void
  lines(): readonly string[]
}

/** Keeps the last `linesMax` lines. Messages are kept only where `messages` is set: they crowd out the rest. */
export const createTrace = (nowMs: () => number, options: { linesMax?: number; messages?: boolean } = {}): Trace => {
  const { linesMax = 120, messages = traceMessages } = options
  let lines: string[] = []
  const add = (line: string) => {
    lines.push(`${nowMs().toFixed(1).padStart(9)}  ${line}`)
    if (lines.length > 2 * linesMax) lines = lines.slice(-linesMax)
  }
  return {
    say: (who, text) => add(`${who.padEnd(6)} ${text}`),
    message: (from, to, message) => {
      if (messages) add(`${from} → ${to} ${showMessage(message)}`)
    },
    lines: () => lines.slice(-linesMax),
  }
}

let traceMessages = false
/** Turns messages on in all traces made from now on. */
export const traceEveryMessage = (): void => {
  traceMessages = true
}

const showMessage = (message: Message): string => {
  const head = `${message.kind}@${showTerm(message.term)}`
  switch (message.kind) {
    case 'append': {
      const first = message.entries[0]
      const range = first === undefined ? 'nothing' : `${first.index}…${first.index + message.entries.length - 1}`
      return `${head} after ${message.previous.index}: ${range}, commit ${message.commitIndex}, round ${message.round}`
    }
    case 'append-reply':
      return `${head} ${message.ok ? `matches ${message.matchIndex}` : `refuses ${message.refusedIndex}, try ${message.matchIndex}`}${message.counts ? '' : ' (does not count)'}, round ${message.round}`
    case 'vote':
      return `${head}${message.pre ? ' (pre)' : ''} last ${message.last.index}@${showTerm(message.last.term)}`
    case 'vote-reply':
      return `${head}${message.pre ? ' (pre)' : ''} ${message.granted ? 'granted' : 'refused'}`
    case 'snapshot':
      return `${head} at ${message.offer.position.index}: ${message.offset} of ${message.offer.sizeBytes}`
    case 'snapshot-reply':
      return `${head} has ${message.haveBytes}${message.installed ? ', installed' : ''}`
    case 'propose':
      return `${head} ${message.bodies.length} bodies`
    default:
      return head
  }
}
