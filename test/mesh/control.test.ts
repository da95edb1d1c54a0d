import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { asPeerId, Fault, isFault, type Json, systemClock } from '../../src/base/index.ts'
import { newCounters } from '../../src/mesh/counters.ts'
import { type Control, decodeControl, encodeControl } from '../../src/mesh/greeting.ts'
import { decodeAnswer, decodeQuestion, encodeText, Questions } from '../../src/mesh/question.ts'

const text = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value))
const peer = asPeerId('12D3KooWHvF2vcStZmoZYxmyocG5UXi1NmDSNSfVHJGekVGXE7MZ')

test('every control message survives the wire', () => {
  const messages: Control[] = [
    {
      kind: 'hello',
      protocol: 1,
      cluster: 'c',
      version: '1',
      boot: '0123456789abcdef',
      incarnation: 3,
      wallMs: 1,
      addresses: ['/ip4/10.0.0.1/tcp/1'],
    },
    { kind: 'presence', number: 1, wallMs: 5, tripMs: null, suspects: [peer] },
    { kind: 'echo', number: 1, wallMs: 5, suspects: [] },
    { kind: 'digest', medians: { [peer]: 0.2 }, boots: { [peer]: '0123456789abcdef' } },
    { kind: 'twin', peer, boot: '0123456789abcdef', address: '/ip4/10.0.0.1/tcp/1' },
    { kind: 'refusal', because: 'duplicate' },
  ]
  for (const message of messages) expect(decodeControl(encodeControl(message))).toEqual(message)
})

test('hostile control messages are refused by name', () => {
  const hostile = [
    {},
    null,
    [],
    { kind: 'hello' },
    { kind: 'unheard-of' },
    { kind: 'presence', number: 1.5, wallMs: 0, tripMs: null, suspects: [] },
    { kind: 'presence', number: 1, wallMs: 0, tripMs: null, suspects: ['../../etc'] },
    { kind: 'presence', number: 1, wallMs: 0, tripMs: null, suspects: Array(2_000).fill(peer) },
    { kind: 'echo', number: 1, wallMs: 'soon', suspects: [] },
    { kind: 'presence', number: 1, wallMs: 0, tripMs: -1, suspects: [] },
    { kind: 'digest', medians: { [peer]: -1 }, boots: {} },
    { kind: 'digest', medians: { __proto__x: 1 }, boots: {} },
    { kind: 'refusal', because: 'x'.repeat(1_000) },
  ]
  for (const value of hostile) expect(() => decodeControl(text(value))).toThrow(Fault)
  expect(() => decodeControl(Uint8Array.of(0xff, 0xfe))).toThrow(Fault)
})

test('no bytes make the decoders throw anything but a refusal', () => {
  const decoders = [decodeControl, decodeQuestion, decodeAnswer]
  fc.assert(
    fc.property(
      fc.oneof(
        fc.uint8Array({ maxLength: 400 }),
        fc.json().map((json) => new TextEncoder().encode(json)),
      ),
      (bytes) => {
        for (const decode of decoders) {
          try {
            decode(bytes)
          } catch (error) {
            expect(isFault(error, 'bad-frame')).toBe(true)
          }
        }
      },
    ),
    { numRuns: 500 },
  )
})

const manual = () => {
  const timers: (() => void)[] = []
  const clock = {
    ...systemClock,
    after: (_: number, act: () => void) => {
      timers.push(act)
      return () => void timers.splice(timers.indexOf(act), 1)
    },
  }
  const sent: { id: number; body: Json }[] = []
  const questions = new Questions({ clock, pendingMax: 2, counters: newCounters() })
  const send = (frame: Uint8Array): null => {
    sent.push(decodeQuestion(frame))
    return null
  }
  const ask = (body: Json, signal?: AbortSignal) => questions.ask(body, { deadlineMs: 10, signal, frameBytesMax: 100, send })
  return { timers, sent, questions, ask }
}
const outcome = (asked: Promise<Json>): Promise<unknown> => asked.catch((error: Fault) => error.code)

test('answers find their questions in any order, and an answer to nothing is no news', async () => {
  const { sent, questions, ask } = manual()
  const both = [ask('one'), ask('two')]
  questions.answered(encodeText({ id: 77, answer: 'nobody asked' }))
  for (const { id, body } of [...sent].reverse()) questions.answered(encodeText({ id, answer: [body] }))
  expect(await Promise.all(both)).toEqual([['one'], ['two']])
})

test('a question ends exactly once: by its answer, a fault, the deadline, an abort or a broken connection', async () => {
  const { sent, timers, questions, ask } = manual()
  const abort = new AbortController()
  const faulty = outcome(ask('x'))
  questions.answered(encodeText({ id: sent[0]?.id ?? -1, fault: { code: 'conflict', message: 'no', hint: 'again' } }))
  const late = outcome(ask('x'))
  timers[0]?.()
  const given = outcome(ask('x', abort.signal))
  abort.abort()
  const lost = outcome(ask('x'))
  questions.broken()
  expect(await Promise.all([faulty, late, given, lost])).toEqual(['conflict', 'timeout', 'aborted', 'peer-lost'])
  expect(timers).toHaveLength(0)
})

test('too many open questions and too large ones are refused at once', async () => {
  const { ask, sent } = manual()
  ask('1').catch(() => {})
  expect(await outcome(ask('y'.repeat(200)))).toBe('too-large')
  ask('2').catch(() => {})
  expect(await outcome(ask('3'))).toBe('busy')
  expect(sent).toHaveLength(2)
})
