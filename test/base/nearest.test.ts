import { expect, test } from 'bun:test'
import { nearest } from '../../src/base/index.ts'

const known = ['status', 'nodes', 'leader', 'web', 'mesh']

test.each([
  ['wbe', 'web'],
  ['stauts', 'status'],
  ['ledaer', 'leader'],
  ['STATUS', 'status'],
  ['node', 'nodes'],
])('%s was meant to be %s', (typed, meant) => expect(nearest(typed, known)).toBe(meant))

test.each(['', 'zzz', 'completely-different', 'x'.repeat(1_000_000), '__proto__'])('nothing is near to %.20s', (typed) =>
  expect(nearest(typed, known)).toBeUndefined(),
)
