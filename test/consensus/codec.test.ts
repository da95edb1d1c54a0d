import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { asHash, asPeerId, Fault, type Term } from '../../src/base/index.ts'
import { decode, encode, messageBytesMax } from '../../src/consensus/codec.ts'
import { nextEntry, positionZero } from '../../src/consensus/entry.ts'
import type { Body, Message } from '../../src/consensus/messages.ts'
import type { Entry, Payload, Position } from '../../src/consensus/types.ts'

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const read = (value: unknown): Message | Fault => decode(bytes(JSON.stringify(value)))

const count = fc.nat({ max: Number.MAX_SAFE_INTEGER })
const term = fc.nat({ max: 2 ** 52 }) as fc.Arbitrary<Term>
const hash = fc.stringMatching(/^[0-9a-f]{64}$/).map(asHash)
const peer = fc.stringMatching(/^[1-9A-HJ-NP-Za-km-z]{1,52}$/).map(asPeerId)
const peers = fc.array(peer, { maxLength: 7 })
const position: fc.Arbitrary<Position> = fc.record({ index: fc.nat({ max: 2 ** 40 }), term, hash })
const electorate = fc.record({ voters: peers, learners: peers })
const takeover = fc.record({ id: fc.string({ maxLength: 20 }), base: position, configuration: electorate, body: fc.string() })
const configuration = fc.oneof(
  electorate,
  fc.tuple(electorate, takeover).map(([plain, act]) => ({ ...plain, takeover: act })),
)
const promised = fc.record({ incarnation: count, term, voted: fc.boolean(), lastTerm: term, lastIndex: count })
const remembered = fc.oneof(
  promised,
  fc.tuple(promised, promised).map(([latest, before]) => ({ ...latest, before })),
)
const payload: fc.Arbitrary<Payload> = fc.oneof(
  fc.record({ kind: fc.constant('noop' as const), leader: peer }),
  fc.record({ kind: fc.constant('batch' as const), body: fc.string({ unit: 'binary', maxLength: 200 }) }),
  fc.record({ kind: fc.constant('configuration' as const), configuration }),
  fc.record({ kind: fc.constant('mark' as const) }),
  fc.record({ kind: fc.constant('checkpoint' as const), index: count, root: hash }),
  takeover.map((act) => ({ kind: 'takeover' as const, ...act })),
)
const entries = (previous: Position): fc.Arbitrary<Entry[]> =>
  fc
    .array(fc.record({ term, hash, stampMs: count, payload }), { maxLength: 6 })
    .map((all) => all.map((each, at) => ({ ...each, index: previous.index + 1 + at })))
const offer = fc.record({ id: hash.map(String), position, stampMs: count, configuration, sizeBytes: count, root: hash })

const body: fc.Arbitrary<Body> = fc.oneof(
  fc.record({ kind: fc.constant('vote' as const), pre: fc.boolean(), last: fc.record({ index: count, term }), transfer: fc.boolean() }),
  fc.record({ kind: fc.constant('vote-reply' as const), pre: fc.boolean(), granted: fc.boolean(), promised }),
  position.chain((previous) =>
    fc.record({
      kind: fc.constant('append' as const),
      previous: fc.constant(previous),
      entries: entries(previous),
      commitIndex: count,
      round: count,
      ranks: fc.dictionary(peer, count, { maxKeys: 5, noNullPrototype: true }),
      promises: fc.dictionary(peer, remembered, { maxKeys: 5, noNullPrototype: true }),
    }),
  ),
  fc.record({
    kind: fc.constant('append-reply' as const),
    ok: fc.boolean(),
    matchIndex: count,
    refusedIndex: count,
    round: count,
    counts: fc.boolean(),
    promised,
  }),
  fc.record({
    kind: fc.constant('snapshot' as const),
    offer,
    offset: count,
    chunk: fc.uint8Array({ maxLength: 100 }).map((chunk) => Buffer.from(chunk).toString('base64')),
    round: count,
  }),
  fc.record({
    kind: fc.constant('snapshot-reply' as const),
    id: hash.map(String),
    haveBytes: count,
    installed: fc.boolean(),
    round: count,
  }),
  fc.constant({ kind: 'timeout-now' as const }),
  fc.record({ kind: fc.constant('propose' as const), bodies: fc.array(fc.string({ unit: 'grapheme', maxLength: 50 }), { maxLength: 5 }) }),
  fc.record({ kind: fc.constant('read' as const), id: count }),
  fc.record({ kind: fc.constant('read-reply' as const), id: count, index: fc.option(count) }),
  fc.constant({ kind: 'hello' as const }),
  fc.record({ kind: fc.constant('hello-reply' as const), known: fc.option(remembered), leader: fc.option(peer) }),
)
const message: fc.Arbitrary<Message> = fc
  .tuple(body, term, count, fc.option(takeover))
  .map(([said, atTerm, incarnation, proof]) => ({ ...said, term: atTerm, incarnation, ...(proof === null ? {} : { takeover: proof }) }))

/** What a hostile peer puts where something else belongs. */
const hostile = fc.oneof(
  fc.constantFrom<unknown[]>(null, true, -1, 0.5, 2 ** 53, 1e308, '', '__proto__', 'constructor', 'ü', '\u0000', [], {}, [[]], {
    length: 9,
  }),
  fc.string(),
  fc.jsonValue(),
)

/** Every place in a value, as paths of keys. */
const placesOf = (value: unknown, path: readonly string[] = []): (readonly string[])[] =>
  typeof value === 'object' && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, each]) => placesOf(each, [...path, key]))]
    : [path]

const withAt = (value: unknown, [key, ...rest]: readonly string[], put: unknown): unknown => {
  if (key === undefined) return put
  const copy: Record<string, unknown> | unknown[] = Array.isArray(value) ? [...value] : { ...(value as object) }
  Reflect.set(copy, key, withAt(Reflect.get(value as object, key), rest, put))
  return copy
}

describe('a message on the wire', () => {
  test('comes out as it went in', () => {
    fc.assert(
      fc.property(message, (sent) => expect(decode(encode(sent))).toEqual(sent)),
      { numRuns: 400 },
    )
  })

  test('two texts that would share one hash cannot both be sent: half a surrogate pair is refused', () => {
    const entry = nextEntry(positionZero, 1 as Term, 1, { kind: 'batch', body: 'lone \ud800 surrogate' })
    expect(entry.hash).toBe(nextEntry(positionZero, 1 as Term, 1, { kind: 'batch', body: 'lone \ufffd surrogate' }).hash)
    const sent: Message = {
      kind: 'append',
      term: 1 as Term,
      incarnation: 1,
      previous: positionZero,
      entries: [entry],
      commitIndex: 0,
      round: 1,
      ranks: {},
      promises: {},
    }
    expect(decode(encode(sent))).toMatchObject({ code: 'bad-message' })
  })

  test('a full append of the widest characters fits into one frame', () => {
    const bodies = Array.from({ length: 512 }, () => '界'.repeat(585 - 180))
    const all: Entry[] = []
    for (const text of bodies) all.push(nextEntry(all.at(-1) ?? positionZero, 1 as Term, 1e12, { kind: 'batch', body: text }))
    const sent: Message = {
      kind: 'append',
      term: 1 as Term,
      incarnation: 1,
      previous: positionZero,
      entries: all,
      commitIndex: 0,
      round: 1,
      ranks: {},
      promises: {},
    }
    expect(encode(sent).length).toBeLessThan(messageBytesMax)
  })
})

describe('bytes of a hostile peer', () => {
  test('any bytes give a message or a Fault', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 500 }), (given) => expect(decode(given)).toBeInstanceOf(Fault)),
      { numRuns: 400 },
    )
  })

  test('any JSON gives a message or a Fault', () => {
    fc.assert(
      fc.property(fc.json(), (given) => expect(decode(bytes(given))).toBeInstanceOf(Fault)),
      { numRuns: 400 },
    )
  })

  test('a message with something hostile in any one place is refused, or reads as a message that can be sent on', () => {
    const property = fc.property(message, fc.nat(), hostile, (sent, at, put) => {
      const wire: unknown = JSON.parse(new TextDecoder().decode(encode(sent)))
      const places = placesOf(wire)
      const got = read(withAt(wire, places[at % places.length] ?? [], put))
      if (!(got instanceof Fault)) expect(decode(encode(got))).toEqual(got)
    })
    fc.assert(property, { numRuns: 1_000 })
  })

  test('a damaged byte gives a message or a Fault', () => {
    const property = fc.property(message, fc.nat(), fc.nat({ max: 255 }), (sent, at, put) => {
      const given = encode(sent)
      given[at % given.length] = put
      const got = decode(given)
      if (!(got instanceof Fault)) expect(decode(encode(got))).toEqual(got)
    })
    fc.assert(property, { numRuns: 500 })
  })

  const envelope = { term: 1, incarnation: 1 }
  const previous = { index: 0, term: 0, hash: '0'.repeat(64) }
  const append = { ...envelope, kind: 'append', previous, entries: [], commitIndex: 0, round: 1 }
  const many = <Value>(length: number, value: Value): Value[] => Array.from({ length }, () => value)

  test.each<[string, unknown]>([
    ['an unknown kind', { ...envelope, kind: 'shutdown' }],
    ['no kind', envelope],
    ['a kind that is a method', { ...envelope, kind: 'toString' }],
    ['a term above the largest epoch', { ...envelope, kind: 'timeout-now', term: 2 ** 53 - 1 }],
    ['too many entries', { ...append, entries: many(1_025, [1, 1, '0'.repeat(64), 'x']) }],
    ['an entry with a part too few', { ...append, entries: [[1, 1, '0'.repeat(64)]] }],
    ['a body that is too long', { ...append, entries: [[1, 1, '0'.repeat(64), 'x'.repeat(256 * 1024 + 1)]] }],
    ['too many bodies', { ...envelope, kind: 'propose', bodies: many(1_025, 'x') }],
    ['a body with control characters, which would grow sixfold in every append', { ...envelope, kind: 'propose', bodies: ['\u0000'] }],
    ['a body that is no Unicode', { ...envelope, kind: 'propose', bodies: ['\ud800'] }],
    ['too many ranks', { ...append, ranks: Object.fromEntries(many(65, 0).map((_, at) => [`p${at}`, at])) }],
    [
      'a rank for a prototype',
      JSON.parse(
        `{"kind":"append","term":1,"incarnation":1,"previous":${JSON.stringify(previous)},"entries":[],"commitIndex":0,"round":1,"ranks":{"__proto__":1}}`,
      ),
    ],
    [
      'too many voters',
      { ...append, entries: [[1, 1, '0'.repeat(64), { kind: 'configuration', configuration: { voters: many(65, 'a'), learners: [] } }]] },
    ],
    ['a chunk that is no base64', { ...envelope, kind: 'snapshot', offset: 0, round: 0, chunk: '????', offer: {} }],
    ['a list for an object', [append]],
    ['a negative index', { ...append, commitIndex: -1 }],
    ['a number as text', { ...append, commitIndex: '1' }],
    ['half a round', { ...append, round: 0.5 }],
  ])('%s is refused', (_, value) => {
    const got = read(value)
    expect(got).toBeInstanceOf(Fault)
    expect((got as Fault).code).toBe('bad-message')
  })

  test('nests no deeper than the parser bears', () => {
    expect(decode(bytes('['.repeat(messageBytesMax)))).toBeInstanceOf(Fault)
    expect(decode(bytes(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`))).toBeInstanceOf(Fault)
  })

  test('is refused by its length before it is read', () => {
    const got = decode(new Uint8Array(messageBytesMax + 1))
    expect((got as Fault).message).toContain('too long')
  })

  test('fields that nobody knows are left behind', () => {
    expect(read({ ...envelope, kind: 'hello', surprise: 1 })).toEqual({ ...envelope, kind: 'hello' } as Message)
  })
})
