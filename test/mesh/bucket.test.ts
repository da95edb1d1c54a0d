import { expect, test } from 'bun:test'
import { backoffMs } from '../../src/mesh/backoff.ts'
import { Bucket } from '../../src/mesh/bucket.ts'

test('a full bucket lets its burst through and then names the time to wait', () => {
  const bucket = new Bucket(100, 0)
  expect(bucket.take(100, 0)).toBe(0)
  expect(bucket.take(50, 0)).toBe(500)
  expect(bucket.take(0, 500)).toBe(0)
})

test('over a long time no more passes than the rate allows', () => {
  const bucket = new Bucket(1_000, 0)
  let now = 0
  let passed = 0
  while (now < 60_000) {
    passed += 300
    now += Math.max(1, bucket.take(300, now))
  }
  expect(passed).toBeLessThanOrEqual(60_000 + 1_000 + 600)
})

test('what is not there is not taken', () => {
  const bucket = new Bucket(2, 0)
  expect([bucket.tryTake(1, 0), bucket.tryTake(1, 0), bucket.tryTake(1, 0)]).toEqual([true, true, false])
  expect(bucket.tryTake(1, 500)).toBe(true)
})

test('a clock that stands still or jumps far gives no more than the burst', () => {
  const bucket = new Bucket(10, 0)
  bucket.take(10, 0)
  expect(bucket.tryTake(1, 0)).toBe(false)
  expect(bucket.take(11, 10 ** 12)).toBe(100)
})

test('redials grow from the first pause to the last, with jitter on both sides', () => {
  const bounds = { firstMs: 50, maxMs: 5_000 }
  expect([0, 1, 2, 3].map((attempt) => backoffMs(attempt, bounds, () => 0.5))).toEqual([50, 100, 200, 400])
  expect(backoffMs(10_000, bounds, () => 0.5)).toBe(5_000)
  expect([backoffMs(0, bounds, () => 0), backoffMs(0, bounds, () => 0.999)].map(Math.round)).toEqual([38, 62])
})
