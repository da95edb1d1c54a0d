import { expect, test } from 'bun:test'
import { Fault, openLog, Secret, silentLog } from '../../src/base/index.ts'

const collect = async (format: 'json' | 'pretty', level: 'debug' | 'info' | 'silent' = 'debug') => {
  const lines: string[] = []
  return { log: await openLog({ level, format, write: (line) => lines.push(line) }), lines, text: () => lines.join('') }
}

test('a line is one JSON object with time, level, component and message', async () => {
  const { log, lines } = await collect('json')
  log.child('mesh').warn('A peer was refused.', { peer: 'nova', tries: 3 })
  expect(lines).toHaveLength(1)
  const line = JSON.parse(lines[0] ?? '')
  expect(line).toMatchObject({ level: 'warn', component: 'mesh', msg: 'A peer was refused.', peer: 'nova', tries: 3 })
  expect(new Date(line.time).toISOString()).toBe(line.time)
})

test.each(['json', 'pretty'] as const)('a secret never reaches the log (%s)', async (format) => {
  const { log, text } = await collect(format)
  const word = 'hunter2-correct-horse'
  const secret = new Secret(word)
  const bytes = new Secret(new TextEncoder().encode(word))
  log.info('plain', { secret, bytes })
  log.info('deep', { a: { b: [{ c: secret }] }, map: new Map([['k', secret]]), set: new Set([secret]) })
  log.info(`in text ${secret}`, { text: `with ${secret}` })
  log.error('in errors', { error: new Fault('x', `bad ${secret}`, { cause: { secret } }) })
  log.error('on errors', { error: Object.assign(new Error('boom'), { secret, nested: { secret } }) })
  log.error('below the depth limit', { a: { b: { c: { d: { e: { f: { g: { secret } } } } } } } })
  log.child('keys').debug('child', { secret })
  expect(text()).toContain('[secret]')
  expect(text()).not.toContain(word)
  expect(text()).not.toContain('hunter2')
  expect(text()).not.toContain([...new TextEncoder().encode(word)].slice(0, 6).join(','))
})

test('a message with line breaks or escape sequences stays one line of JSON', async () => {
  const { log, lines } = await collect('json')
  log.info('x', { name: 'evil\n{"level":"error"}\u001b[2J' })
  expect(lines).toHaveLength(1)
  expect(lines[0]?.trimEnd()).not.toContain('\n')
  expect(lines[0]).not.toContain('\u001b')
})

test('the readable form keeps hostile text on its line', async () => {
  const { log, text } = await collect('pretty')
  log.info('A peer said something.', { name: 'a\nb\u001b[31m' })
  expect(text()).not.toContain('\u001b')
  expect(text().trimEnd().split('\n')).toHaveLength(1)
  expect(text()).toContain('A peer said something.')
})

test('the readable form of an error shows its stack, and nothing that steers a terminal', async () => {
  const { log, text } = await collect('pretty')
  log.warn('A peer failed.', { error: new Error('no\u001b]0;x\u0007\u009b31m\u202e'), name: '\u009b2J\u202e' })
  expect(text()).not.toMatch(/[^\P{Cc}\n]|\u202e/u)
  expect(text()).toContain('\n  Error: no')
})

test('fields cannot pretend to be the level or the component', async () => {
  const { log, lines } = await collect('json')
  log.child('mesh').info('x', { level: 'fatal', component: 'keys', msg: 'y' })
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'info', component: 'mesh', msg: 'x', level_: 'fatal', component_: 'keys' })
})

test('long text, long lists and cycles are cut', async () => {
  const { log, lines } = await collect('json')
  const cycle: Record<string, unknown> = {}
  cycle.self = cycle
  log.info('x', { text: 'y'.repeat(1_000_000), list: Array.from({ length: 10_000 }, () => 1), cycle, bytes: new Uint8Array(1_000_000) })
  expect(lines[0]?.length).toBeLessThan(4_000)
})

test('below the level nothing is written', async () => {
  const { log, lines } = await collect('json', 'info')
  log.debug('no')
  const { log: none, lines: noLines } = await collect('json', 'silent')
  none.error('no')
  silentLog.child('x').error('no')
  expect([lines, noLines]).toEqual([[], []])
})
