import { expect, test } from 'bun:test'
import { Fault } from '../../src/base/index.ts'
import { explain, explainJson } from '../../src/cli/failure.ts'
import { inert } from '../../src/cli/print.ts'
import { terminal } from '../../src/cli/terminal.ts'

const hostile = 'a\u001b[31m\u007f\u009b2J\u202e\u2028b\n€'
const steers = /[^\P{Cc}\n]|[\u2028\u202e]/u

test('JSON from elsewhere steers no terminal, and is the same JSON', () => {
  const text = inert(JSON.stringify({ [hostile]: hostile }, null, 2))
  expect(text).not.toMatch(steers)
  expect(JSON.parse(text)).toEqual({ [hostile]: hostile })
})

test('a failure in the words of another machine steers no terminal', () => {
  const fault = new Fault('conflict', 'no\u001b]0;owned\u0007\u009b2J', { hint: 'try\u001b[2J\nagain' })
  const plain = terminal({ isTTY: false }, { NO_COLOR: '1' })
  expect(explain(fault, plain, false)).not.toMatch(steers)
  expect(explain(fault, plain, false)).toContain('again')
  expect(explainJson(fault)).not.toMatch(steers)
})
