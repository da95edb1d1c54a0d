import { expect, test } from 'bun:test'
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join } from 'node:path'
import { root, sources } from './source.ts'

interface Manifest {
  readonly version: string
  readonly scripts: Readonly<Record<string, string>>
  readonly dependencies: Readonly<Record<string, string>>
  readonly devDependencies: Readonly<Record<string, string>>
}
interface Locked {
  readonly version?: string
  readonly resolved?: string
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly dependencies?: Readonly<Record<string, string>>
  readonly devDependencies?: Readonly<Record<string, string>>
}

const read = <Shape>(file: string): Shape => JSON.parse(readFileSync(join(root, file), 'utf8')) as Shape // our own two files
const manifest = read<Manifest>('package.json')
const lockText = readFileSync(join(root, 'package-lock.json'), 'utf8')
const lock = read<{ packages: Readonly<Record<string, Locked>> }>('package-lock.json').packages

const builtin = new Set([...builtinModules, 'bun'])
const packageOf = (specifier: string) =>
  specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
const importedBy = (...folders: string[]) =>
  new Set(
    sources(...folders)
      .flatMap(({ imports }) => imports.filter(({ file }) => file === null).map(({ specifier }) => specifier))
      .filter((specifier) => !/^(node|bun):/.test(specifier) && !builtin.has(specifier))
      .map(packageOf),
  )

test('every version is exact', () => {
  const loose = Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
  )
  expect(loose).toEqual([])
})

test('the lock file names no registry', () => {
  expect(lockText.match(/"(resolved|_resolved)":|https?:\/\/[^"]*(registry|npm)[^"]*\.tgz/g) ?? []).toEqual([])
})

test('the lock file agrees with package.json and knows the packages of every platform', () => {
  expect(lock['']?.dependencies).toEqual(manifest.dependencies)
  expect(lock['']?.devDependencies).toEqual(manifest.devDependencies)
  const native = Object.entries(lock).filter(([path]) => /^node_modules\/(@biomejs\/biome|bun|typescript)$/.test(path))
  const missing = native.flatMap(([, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => lock[`node_modules/${name}`] === undefined),
  )
  expect(missing).toEqual([])
})

test('the program imports only what it depends on, and not what only tests have', () => {
  expect([...importedBy('src', 'views')].filter((name) => manifest.dependencies[name] === undefined)).toEqual([])
})

test('tests and build import only what is declared', () => {
  const declared = { ...manifest.dependencies, ...manifest.devDependencies }
  expect([...importedBy('build', 'test')].filter((name) => declared[name] === undefined)).toEqual([])
})

test('every package is used', () => {
  const inProgram = importedBy('src', 'views')
  const anywhere = new Set([...inProgram, ...importedBy('build', 'test')])
  const text = sources('src', 'views', 'build', 'test')
    .map((source) => source.text)
    .join('\n')
  // Tools that are started, not imported; types that belong to a package in use; assets that are taken as files.
  const started: Readonly<Record<string, boolean>> = { '@biomejs/biome': true, typescript: true, bun: true, '@types/bun': true }
  const used = (name: string) =>
    started[name] ||
    anywhere.has(name) ||
    (name.startsWith('@types/') && inProgram.has(name.slice(7))) ||
    text.includes(`node_modules/${name}/`)
  expect(Object.keys(manifest.devDependencies).filter((name) => !used(name))).toEqual([])
  expect(Object.keys(manifest.dependencies).filter((name) => !inProgram.has(name) && !text.includes(`node_modules/${name}/`))).toEqual([])
})
