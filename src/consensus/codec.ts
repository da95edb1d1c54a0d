import { Fault } from '../base/index.ts'
import { bodies, entriesFromWire, toWire } from './codec-entry.ts'
import {
  byPeer,
  configuration,
  count,
  flag,
  hash,
  indexOrNull,
  Misfit,
  peer,
  position,
  promised,
  type Raw,
  record,
  remembered,
  takeover,
  term,
  text,
} from './codec-fields.ts'
import { isEmpty } from './empty.ts'
import type { Body, Envelope, Message } from './messages.ts'
import type { SnapshotOffer } from './ports.ts'

/** Longest message: what one frame of the mesh carries. */
export const messageBytesMax = 1024 * 1024

/** The message as bytes for the wire (JSON, UTF-8). */
export const encode = (message: Message): Uint8Array => {
  if (message.kind !== 'append') return bytesOf(message)
  const { ranks, promises, entries } = message
  return bytesOf({
    ...message,
    entries: entries.map(toWire),
    ranks: isEmpty(ranks) ? undefined : ranks,
    promises: isEmpty(promises) ? undefined : promises,
  })
}

/** The message that bytes of a peer mean, every field checked and bounded; a Fault `bad-message` for anything else. Never throws. */
export const decode = (bytes: Uint8Array): Message | Fault => {
  if (bytes.length > messageBytesMax) return new Fault('bad-message', `A message of ${bytes.length} bytes is too long.`)
  try {
    const raw = record(JSON.parse(utf8.decode(bytes)), 'message')
    return { ...body(raw), ...envelope(raw) }
  } catch (error) {
    // Misfit names the field; the parsers of UTF-8 and JSON throw what they like.
    const what = error instanceof Misfit ? `its field ${error.message} is wrong` : 'it is not JSON'
    return new Fault('bad-message', `A message could not be read: ${what}.`, { cause: error })
  }
}

const envelope = (raw: Raw): Envelope => {
  const plain = { term: term(raw.term), incarnation: count(raw.incarnation, 'incarnation') }
  return raw.takeover === undefined ? plain : { ...plain, takeover: takeover(raw.takeover) }
}

const body = (raw: Raw): Body => {
  switch (raw.kind) {
    case 'vote': {
      const last = record(raw.last, 'last')
      const { pre, transfer } = raw
      return {
        kind: 'vote',
        pre: flag(pre, 'pre'),
        last: { index: count(last.index, 'last'), term: term(last.term) },
        transfer: flag(transfer, 'transfer'),
      }
    }
    case 'vote-reply':
      return { kind: 'vote-reply', pre: flag(raw.pre, 'pre'), granted: flag(raw.granted, 'granted'), promised: promised(raw.promised) }
    case 'append': {
      const previous = position(raw.previous, 'previous')
      return {
        kind: 'append',
        previous,
        entries: entriesFromWire(raw.entries, previous.index),
        commitIndex: count(raw.commitIndex, 'commitIndex'),
        round: count(raw.round, 'round'),
        ranks: byPeer(raw.ranks, (rank) => count(rank, 'rank'), 'ranks'),
        promises: byPeer(raw.promises, remembered, 'promises'),
      }
    }
    case 'append-reply':
      return {
        kind: 'append-reply',
        ok: flag(raw.ok, 'ok'),
        matchIndex: count(raw.matchIndex, 'matchIndex'),
        refusedIndex: count(raw.refusedIndex, 'refusedIndex'),
        round: count(raw.round, 'round'),
        counts: flag(raw.counts, 'counts'),
        promised: promised(raw.promised),
      }
    case 'snapshot':
      return {
        kind: 'snapshot',
        offer: offer(raw.offer),
        offset: count(raw.offset, 'offset'),
        chunk: base64(raw.chunk),
        round: count(raw.round, 'round'),
      }
    case 'snapshot-reply':
      return {
        kind: 'snapshot-reply',
        id: hash(raw.id, 'id'),
        haveBytes: count(raw.haveBytes, 'haveBytes'),
        installed: flag(raw.installed, 'installed'),
        round: count(raw.round, 'round'),
      }
    case 'timeout-now':
      return { kind: 'timeout-now' }
    case 'propose':
      return { kind: 'propose', bodies: bodies(raw.bodies) }
    case 'read':
      return { kind: 'read', id: count(raw.id, 'id') }
    case 'read-reply':
      return { kind: 'read-reply', id: count(raw.id, 'id'), index: indexOrNull(raw.index, 'index') }
    case 'hello':
      return { kind: 'hello' }
    case 'hello-reply':
      return {
        kind: 'hello-reply',
        known: raw.known === null ? null : remembered(raw.known, 'known'),
        leader: raw.leader === null ? null : peer(raw.leader, 'leader'),
      }
    default:
      throw new Misfit('kind')
  }
}

const offer = (value: unknown): SnapshotOffer => {
  const raw = record(value, 'offer')
  return {
    id: hash(raw.id, 'offer'),
    position: position(raw.position, 'offer'),
    stampMs: count(raw.stampMs, 'offer'),
    configuration: configuration(raw.configuration, 'offer'),
    sizeBytes: count(raw.sizeBytes, 'offer'),
    root: hash(raw.root, 'offer'),
  }
}

const base64 = (value: unknown): string => {
  const chunk = text(value, chunkCharsMax, 'chunk')
  if (chunk.length % 4 !== 0 || !base64Form.test(chunk)) throw new Misfit('chunk')
  return chunk
}

const bytesOf = (value: object): Uint8Array => encoder.encode(JSON.stringify(value))

const encoder = new TextEncoder()
const utf8 = new TextDecoder('utf-8', { fatal: true })
const base64Form = /^[A-Za-z0-9+/]*={0,2}$/
const chunkCharsMax = 512 * 1024
