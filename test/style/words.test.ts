import { expect, test } from 'bun:test'
import { sources } from './source.ts'

const all = sources('src', 'views', 'build', 'test')
const house = sources('src', 'views')

/** Lines of these files that match, as "path:line: text". A line may excuse itself with the word after `unless`. */
const linesWith = (files: typeof all, pattern: RegExp, unless?: RegExp): readonly string[] =>
  files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, at, lines) => {
      const excused = unless !== undefined && (unless.test(line) || unless.test(lines[at - 1] ?? ''))
      return pattern.test(line) && !excused ? [`${path}:${at + 1}: ${line.trim()}`] : []
    }),
  )

const product = all.filter(({ path }) => path !== 'test/style/words.test.ts')

test('the type checker is never switched off', () => {
  expect(linesWith(product, /@ts-(ignore|nocheck|expect-error)/)).toEqual([])
})

test('a cast through unknown says why, on its line or the one before', () => {
  expect(linesWith(house, /\bas unknown as\b/, /\/\/|\*\//)).toEqual([])
})

test('only main ends the process', () => {
  expect(
    linesWith(
      house.filter(({ path }) => path !== 'src/main.ts'),
      /\bprocess\.exit\(/,
      /\/\/|\*\//,
    ),
  ).toEqual([])
})

test('the protocol and the state machine know no clock, no chance and no outside world', () => {
  const pure = house.filter(({ path }) => /^src\/(consensus|ledger)\//.test(path))
  expect(
    linesWith(
      pure,
      /\bDate\b|\bMath\.random\b|\bperformance\.|\bset(Timeout|Interval|Immediate)\(|\bprocess\.|\bBun\./,
      /^\s*(\/\/|\*|\/\*)/,
    ),
  ).toEqual([])
  const world = pure.flatMap(({ path, imports }) =>
    imports
      .filter(({ specifier }) => /^(node:(?!crypto|util|assert)|bun)/.test(specifier))
      .map(({ specifier }) => `${path} imports ${specifier}`),
  )
  expect(world).toEqual([])
})

test('only tests and the build start or wait for processes without the host adapter knowing', () => {
  const allowed = /^src\/(host|demo|cli|app|main)/
  expect(
    linesWith(
      house.filter(({ path }) => !allowed.test(path)),
      /\bBun\.spawn|from 'node:child_process'/,
    ),
  ).toEqual([])
})

test('unit tests do not sleep', () => {
  const unit = all.filter(
    ({ path }) => path.endsWith('.test.ts') && !/^test\/(style|integration|lab|e2e|bench|durability|sim)\//.test(path),
  )
  expect(linesWith(unit, /\b(Bun\.sleep|setTimeout)\(/, /\/\//)).toEqual([])
})
