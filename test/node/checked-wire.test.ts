import { expect, test } from 'bun:test'
import { asPeerId, Fault, type PeerId, termZero } from '../../src/base/index.ts'
import type { Message, Wire } from '../../src/consensus/index.ts'
import { checkedWire } from '../../src/node/checked-wire.ts'

const nova = asPeerId('nova')
const bench = () => {
  let hear: (from: PeerId, message: Message) => void = () => {}
  const inner: Wire = {
    send: () => {},
    onLost: () => () => {},
    onHeard: (listen) => {
      hear = listen
      return () => {}
    },
  }
  const refused: PeerId[] = []
  const heard: Message[] = []
  const check = (body: string) => (body === 'good' ? null : new Fault('bad-signature', 'It is not signed.'))
  checkedWire(inner, check, (from) => refused.push(from)).onHeard((_, message) => heard.push(message))
  return {
    propose: (bodies: string[]) => hear(nova, { kind: 'propose', term: termZero, incarnation: 1, bodies }),
    hear: (message: Message) => hear(nova, message),
    heard,
    refused,
  }
}

test('a proposal that can never be applied does not reach the log, the good ones beside it do', () => {
  const { propose, heard, refused } = bench()
  propose(['good', 'garbage', 'good'])
  expect(heard).toMatchObject([{ kind: 'propose', bodies: ['good', 'good'] }])
  expect(refused).toEqual([nova])
})

test('a message of nothing but garbage is not heard at all', () => {
  const { propose, heard } = bench()
  propose(['garbage'])
  expect(heard).toEqual([])
})

test('other messages pass untouched', () => {
  const { hear, heard } = bench()
  hear({ kind: 'timeout-now', term: termZero, incarnation: 1 })
  expect(heard).toHaveLength(1)
})
