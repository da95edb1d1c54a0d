import { type PeerId, showTerm } from '../../../src/base/index.ts'
import type { Message } from '../../../src/consensus/messages.ts'
import type { Image } from '../../support/disk-image.ts'
import { violated } from '../violation.ts'

/** Checks every message that promises something against what the sender's disk would keep in a crash right now. */
export const createPromises = (): ((from: PeerId, to: PeerId, message: Message, durable: Image) => void) => {
  const votes = new Map<string, PeerId>()
  return (from, to, message, { ballot, base, entries }) => {
    const lacks = (what: string) =>
      violated(
        'promise is on disk first',
        `${from} sends ${to} a ${message.kind} of term ${showTerm(message.term)} before ${what} is on its disk`,
      )
    if (message.term > ballot.term) lacks('its term')
    if (message.kind === 'vote' && !message.pre && ballot.term === message.term && ballot.votedFor !== from) lacks('its own vote')
    if (message.kind === 'vote-reply' && !message.pre && message.granted) {
      const key = `${from}/${message.term}`
      const other = votes.get(key)
      if (other !== undefined && other !== to)
        violated('one vote per term', `${from} votes for ${other} and for ${to} in term ${showTerm(message.term)}`)
      votes.set(key, to)
      if (ballot.term !== message.term || ballot.votedFor !== to) lacks('the vote')
    }
    if (message.kind === 'append-reply' && message.ok && base.index + entries.length < message.matchIndex)
      lacks(`entry ${message.matchIndex}`)
  }
}
