import { expect, test } from 'bun:test'
import { limits, tooLarge } from '../../build/sizes.ts'

test('a file at both limits is not too large', () => {
  expect(tooLarge(limits)).toEqual([])
})

test('one byte over a limit is named, each limit by itself', () => {
  expect(tooLarge({ ...limits, executableBytes: limits.executableBytes + 100_000 })).toEqual([
    'The executable has 115.1 MB, more than 115.0 MB.',
  ])
  expect(tooLarge({ executableBytes: 200_000_000, compressedBytes: 60_000_000 })).toHaveLength(2)
})
