import { expect, test } from 'bun:test'
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { cycles } from './cycles.ts'
import { offence } from './direction.ts'
import { importsOf, root, sources } from './source.ts'

const house = sources('src', 'views')
const everything = [...house, ...sources('build', 'test').filter(({ path }) => path !== 'test/style/imports.test.ts')]

test('imports point down: main → cli → app → journey → capabilities → base, and adapters are introduced by app', () => {
  const found = house.flatMap((source) =>
    source.imports.flatMap((wanted) => {
      const why = offence(source, wanted)
      return why === null ? [] : [`${source.path}:${wanted.line} imports ${wanted.specifier}: ${why}`]
    }),
  )
  expect(found).toEqual([])
})

test('no files import each other in a circle', () => {
  const edges = new Map(house.map(({ path, imports }) => [path, imports.flatMap(({ file }) => file ?? [])]))
  expect(cycles(edges)).toEqual([])
})

test('no file imports the index of its own folder', () => {
  const found = house.flatMap(({ path, imports }) =>
    imports
      .filter(({ file }) => file !== null && basename(file).startsWith('index.ts') && dirname(path).startsWith(dirname(file)))
      .map(({ line, specifier }) => `${path}:${line} imports ${specifier}`),
  )
  expect(found).toEqual([])
})

test('every import of our own names a file with its ending', () => {
  const found = everything.flatMap(({ path, imports }) =>
    imports.flatMap(({ file, line }) => (file !== null && !existsSync(join(root, file)) ? [`${path}:${line} imports ${file}`] : [])),
  )
  expect(found).toEqual([])
})

test('the scanner sees imports of every shape, and which are types only', () => {
  const text = [
    `import one from 'one'`,
    `import { type A, type B } from './types.ts'`,
    `import type { C } from '../c.ts'`,
    `import { d, type E } from './d.ts'`,
    `import './effect.ts'`,
    `export * from './f.ts'`,
    `export { type G } from './g.ts'`,
    `import {`,
    `  h,`,
    `} from '../../h.ts'`,
    `import sql from './i.sql' with { type: 'text' }`,
    `const later = await import('./j.ts')`,
    `const text = "import { x } from 'nowhere'"`,
  ].join('\n')
  expect(importsOf('src/mesh/x.ts', text).map(({ file, specifier, typeOnly, line }) => [file ?? specifier, typeOnly, line])).toEqual([
    ['one', false, 1],
    ['src/mesh/types.ts', true, 2],
    ['src/c.ts', true, 3],
    ['src/mesh/d.ts', false, 4],
    ['src/mesh/effect.ts', false, 5],
    ['src/mesh/f.ts', false, 6],
    ['src/mesh/g.ts', true, 7],
    ['h.ts', false, 8],
    ['src/mesh/i.sql', false, 11],
    ['src/mesh/j.ts', false, 12],
  ])
})

test.each([
  ['src/base/a.ts', `import { x } from '../keys/index.ts'`, 'base stands below keys'],
  ['src/consensus/a.ts', `import { x } from '../ledger/index.ts'`, 'consensus and ledger stand side by side'],
  ['src/ledger/a.ts', `import { x } from '../consensus/index.ts'`, null],
  ['src/ledger/a.ts', `import { x } from '../consensus/step.ts'`, 'outsiders import the index of a folder'],
  ['src/ledger/a.ts', `import type { X } from '../consensus/types.ts'`, null],
  ['src/node/a.ts', `import { x } from '../store/index.ts'`, 'only app imports adapters'],
  ['src/node/a.ts', `import type { X } from '../host/types.ts'`, null],
  ['src/app/a.ts', `import { x } from '../store/index.ts'`, null],
  ['src/mesh/a.ts', `import { x } from '../node/index.ts'`, 'adapters know capabilities and types only'],
  ['src/mesh/a.ts', `import type { X } from '../node/ports.ts'`, null],
  ['src/node/a.ts', `import { x } from '../cli/index.ts'`, 'node stands below cli'],
  ['views/a.tsx', `import { x } from '../src/base/index.ts'`, 'views take nothing but types from src'],
  ['views/a.tsx', `import type { X } from '../src/node/view.ts'`, null],
  ['src/node/a.ts', `import { x } from '../../views/page.tsx'`, 'only surfaces show views'],
  ['src/cli/a.ts', `import { x } from '../../views/words/index.ts'`, null],
  ['src/node/a.ts', `import { x } from '../../test/support/x.ts'`, 'the program may not import tests'],
])('%s with %p: %p', (path, text, why) => {
  const [wanted] = importsOf(path, text)
  if (wanted === undefined) throw new Error('one import')
  expect(offence({ path, text, lines: 1, imports: [] }, wanted)).toBe(why)
})

test('a circle of three files is found, a diamond is none', () => {
  const graph = (text: string) => {
    const pairs = text.split(' ').map((edge) => edge.split('>') as [string, string])
    return new Map([...new Set(pairs.flat())].map((file) => [file, pairs.filter(([from]) => from === file).map(([, to]) => to)]))
  }
  expect(cycles(graph('a>b a>c b>d c>d'))).toEqual([])
  expect(cycles(graph('a>b b>c c>a c>d d>e'))).toEqual([['a', 'b', 'c']])
  expect(cycles(graph('a>a a>b'))).toEqual([['a']])
})
