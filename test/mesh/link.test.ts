import { expect, test } from 'bun:test'
import { asPeerId } from '../../src/base/index.ts'
import { keptLink, simultaneousMs } from '../../src/mesh/link.ts'

const [low, high] = [asPeerId('a'), asPeerId('b')]

test('of two connections dialled at once both sides keep the one that the lower id dialled', () => {
  const seenByLow = [
    { name: 'from low', dialled: true, openedMs: 10 },
    { name: 'from high', dialled: false, openedMs: 12 },
  ]
  const seenByHigh = [
    { name: 'from high', dialled: true, openedMs: 5 },
    { name: 'from low', dialled: false, openedMs: 9 },
  ]
  expect(keptLink(seenByLow, low, high)?.name).toBe('from low')
  expect(keptLink(seenByHigh, high, low)?.name).toBe('from low')
})

test('a connection that comes much later replaces the former one: that one may be dead without knowing', () => {
  const links = [
    { name: 'old', dialled: true, openedMs: 0 },
    { name: 'new', dialled: false, openedMs: simultaneousMs + 1 },
  ]
  expect(keptLink(links, low, high)?.name).toBe('new')
})

test('of two in the same direction the newest stays; of none, none', () => {
  const links = [
    { name: 'first', dialled: false, openedMs: 0 },
    { name: 'second', dialled: false, openedMs: 3 },
  ]
  expect(keptLink(links, low, high)?.name).toBe('second')
  expect(keptLink([], low, high)).toBeUndefined()
})
