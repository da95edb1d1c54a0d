import { expect, test } from 'bun:test'
import { agreedSkewMs } from '../../src/node/cluster-time.ts'

test('one wrong clock of three or more does not move the time, be it this one', () => {
  expect(agreedSkewMs([])).toBe(0)
  expect(agreedSkewMs([3, 5])).toBe(3)
  expect(agreedSkewMs([3, 1e12])).toBe(3)
  expect(agreedSkewMs([3, -1e12])).toBe(0)
  expect(agreedSkewMs([1e9, 1e9 + 2])).toBe(1e9)
  expect(agreedSkewMs([4, Number.NaN, Number.POSITIVE_INFINITY])).toBe(0)
})

test('of two clocks the earlier one counts', () => {
  expect(agreedSkewMs([1e12])).toBe(0)
  expect(agreedSkewMs([-7])).toBe(-7)
})
