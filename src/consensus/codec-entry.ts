import { configuration, count, hash, list, Misfit, peer, record, takeover, term, text } from './codec-fields.ts'
import type { Entry, LogIndex, Payload } from './types.ts'

/** An entry on the wire: its index follows from its place, a batch is just its body. */
export type WireEntry = readonly [term: number, stampMs: number, hash: string, payload: string | Exclude<Payload, { kind: 'batch' }>]

export const toWire = ({ term, stampMs, hash, payload }: Entry): WireEntry => [
  term,
  stampMs,
  hash,
  payload.kind === 'batch' ? payload.body : payload,
]

/** Reads the entries behind `previousIndex`; whether their hashes are right is checked where they are appended. */
export const entriesFromWire = (value: unknown, previousIndex: LogIndex): readonly Entry[] => {
  const raws = list(value, entriesMax, 'entries')
  const entries: Entry[] = new Array(raws.length)
  for (let at = 0; at < raws.length; at++) {
    const raw = raws[at]
    if (!Array.isArray(raw) || raw.length !== 4) throw new Misfit('entry')
    const [atTerm, stampMs, hashed, payload] = raw as unknown[]
    entries[at] = {
      index: previousIndex + 1 + at,
      term: term(atTerm),
      hash: hash(hashed),
      stampMs: count(stampMs, 'stamp'),
      payload: typeof payload === 'string' ? { kind: 'batch', body: text(payload, bodyCharsMax, 'body') } : payloadFromWire(payload),
    }
  }
  return entries
}

/**
 * Bodies that a member proposes. They are canonical JSON, so they have neither control characters nor halves of surrogate pairs; with those a
 * hostile one could grow sixfold on the wire, and its entry would fit into no message of the leader.
 */
export const bodies = (value: unknown): readonly string[] =>
  list(value, entriesMax, 'bodies').map((body) => {
    const checked = text(body, bodyCharsMax, 'body')
    if (controls.test(checked) || !checked.isWellFormed()) throw new Misfit('body')
    return checked
  })

const payloadFromWire = (value: unknown): Payload => {
  const raw = record(value, 'payload')
  switch (raw.kind) {
    case 'noop':
      return { kind: 'noop', leader: peer(raw.leader, 'leader') }
    case 'configuration':
      return { kind: 'configuration', configuration: configuration(raw.configuration) }
    case 'mark':
      return { kind: 'mark' }
    case 'checkpoint':
      return { kind: 'checkpoint', index: count(raw.index, 'checkpoint'), root: hash(raw.root) }
    case 'takeover':
      return { kind: 'takeover', ...takeover(raw) }
    default:
      throw new Misfit('payload')
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controls = /[\u0000-\u001f]/
const entriesMax = 1024
const bodyCharsMax = 256 * 1024
