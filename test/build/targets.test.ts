import { expect, test } from 'bun:test'
import { ownTarget, targets, targetsNamed } from '../../build/targets.ts'

test('every processor and C library that is promised has a target, each name once', () => {
  expect(targets.map((target) => target.name).sort()).toEqual([
    'darwin-arm64',
    'darwin-x64',
    'linux-arm64',
    'linux-arm64-musl',
    'linux-x64',
    'linux-x64-baseline',
    'linux-x64-baseline-musl',
    'linux-x64-musl',
  ])
})

test('the name of a target says the same as its fields', () => {
  for (const { name, runtime, platform, arch, libc } of targets) {
    expect(runtime).toBe(`bun-${name}` as Bun.Build.CompileTarget)
    expect(name.startsWith(`${platform}-${arch}`)).toBe(true)
    expect(name.endsWith('-musl')).toBe(libc === 'musl')
  }
})

test('an unknown target is answered with the known ones', () => {
  expect(() => targetsNamed(['linux-x64', 'linux-mips'])).toThrow('There is no target "linux-mips". Known: linux-x64, ')
})

test('this machine has a target of its own', () => {
  expect(ownTarget().arch).toBe(process.arch as 'x64' | 'arm64')
})
