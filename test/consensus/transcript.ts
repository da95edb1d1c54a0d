import { showTerm } from '../../src/base/index.ts'
import type { Effect } from '../../src/consensus/effect.ts'
import type { Message } from '../../src/consensus/messages.ts'
import type { Work } from '../../src/consensus/ports.ts'
import type { Entry } from '../../src/consensus/types.ts'

/** One effect as a line that a person can read; notes are left out. */
export const show = (effect: Effect): string[] => {
  switch (effect.kind) {
    case 'send':
      return [`→ ${effect.to} ${showMessage(effect.message)}`]
    case 'commit':
      return [`save ${showWork(effect.work)}${effect.wantsRoot ? ', with root' : ''}`]
    case 'applied':
      return [`applied ${range(effect.entries)}`]
    case 'installed':
      return [`installed ${effect.index}`]
    case 'read-answered':
      return [`read ${effect.id} at ${effect.index}`]
    case 'transfer-ended':
      return [`transfer to ${effect.to}: ${effect.fault.code}`]
    case 'reconfigured':
      return [`reconfigured: ${effect.fault?.code ?? 'done'}`]
    case 'takeover-answered':
      return [`take-over ${effect.id}: ${effect.fault?.code ?? 'begun'}`]
    case 'exported':
      return [`exported to ${effect.file}`]
    case 'halt':
      return [`HALT ${effect.because}`]
    case 'take-snapshot':
      return [`take a snapshot at ${effect.atLeast} or later for ${effect.to}`]
    case 'send-chunk':
      return [`→ ${effect.to} chunk at ${effect.offset}${effect.lengthMax === 0 ? ' (how much?)' : ''}`]
    case 'keep-chunk':
      return [`keep chunk at ${effect.offset}`]
    case 'note':
      return []
  }
}

const showMessage = (message: Message): string => `${showBody(message)} @${showTerm(message.term)}${message.takeover ? ' proven' : ''}`

const showBody = (message: Message): string => {
  switch (message.kind) {
    case 'vote':
      return `${message.pre ? 'would you vote' : 'vote'} for ${message.last.index}@${showTerm(message.last.term)}${message.transfer ? ' (transfer)' : ''}`
    case 'vote-reply':
      return `${message.pre ? 'pre-' : ''}${message.granted ? 'grant' : 'refusal'}`
    case 'append':
      return `${message.entries.length === 0 ? 'heartbeat' : `append ${range(message.entries)}`} after ${message.previous.index}, commit ${message.commitIndex}`
    case 'append-reply':
      return message.ok
        ? `ack ${message.matchIndex}${message.counts ? '' : ' (does not count)'}`
        : `no fit at ${message.refusedIndex}, try ${message.matchIndex}`
    case 'snapshot-reply':
      return message.installed ? 'snapshot installed' : `snapshot: have ${message.haveBytes}`
    case 'propose':
      return `propose ${message.bodies.join(' ')}`
    case 'read-reply':
      return `read ${message.id} at ${message.index}`
    case 'hello-reply':
      return `hello back${message.known === null ? '' : ', I know you'}`
    default:
      return message.kind
  }
}

/** Records of promises go along with other work, and are named only where they are alone. */
const showWork = (work: Work): string =>
  [
    work.ballot && `ballot ${showTerm(work.ballot.term)}${work.ballot.votedFor === null ? '' : `/${work.ballot.votedFor}`}`,
    work.install && 'install',
    work.exportAndWipe && `export beyond ${work.exportAndWipe.base.index} and wipe`,
    work.truncateFrom !== undefined && `truncate from ${work.truncateFrom}`,
    work.append && `append ${range(work.append)}`,
    work.apply && `apply ${range(work.apply)}`,
    work.compactTo !== undefined && `compact to ${work.compactTo}`,
  ]
    .filter((part) => typeof part === 'string')
    .join(', ') || 'promises'

const range = (entries: readonly Entry[]): string => {
  const [first, last] = [entries[0]?.index, entries.at(-1)?.index]
  return first === last ? `${first}` : `${first}-${last}`
}
