/** One executable that we ship. `name` is what `bzzz version --json` calls its target and what its archive is named after. */
export interface Target {
  readonly name: string
  /** What Bun calls the runtime it is built around. */
  readonly runtime: Bun.Build.CompileTarget
  readonly platform: 'linux' | 'darwin'
  readonly arch: 'x64' | 'arm64'
  readonly libc: 'glibc' | 'musl' | null
}

/**
 * Every target. `baseline` is for processors without AVX2 (before 2013); with Bun 1.4.5 it is the same size as the plain one, and kept apart so
 * that a later runtime that differs finds its place.
 */
export const targets: readonly Target[] = [
  { name: 'linux-x64', runtime: 'bun-linux-x64', platform: 'linux', arch: 'x64', libc: 'glibc' },
  { name: 'linux-x64-baseline', runtime: 'bun-linux-x64-baseline', platform: 'linux', arch: 'x64', libc: 'glibc' },
  { name: 'linux-arm64', runtime: 'bun-linux-arm64', platform: 'linux', arch: 'arm64', libc: 'glibc' },
  { name: 'linux-x64-musl', runtime: 'bun-linux-x64-musl', platform: 'linux', arch: 'x64', libc: 'musl' },
  { name: 'linux-x64-baseline-musl', runtime: 'bun-linux-x64-baseline-musl', platform: 'linux', arch: 'x64', libc: 'musl' },
  { name: 'linux-arm64-musl', runtime: 'bun-linux-arm64-musl', platform: 'linux', arch: 'arm64', libc: 'musl' },
  { name: 'darwin-x64', runtime: 'bun-darwin-x64', platform: 'darwin', arch: 'x64', libc: null },
  { name: 'darwin-arm64', runtime: 'bun-darwin-arm64', platform: 'darwin', arch: 'arm64', libc: null },
]

/** The targets with these names; an unknown name is answered with the known ones. */
export const targetsNamed = (names: readonly string[]): readonly Target[] =>
  names.map((name) => {
    const target = targets.find((known) => known.name === name)
    if (target === undefined) throw new Error(`There is no target "${name}". Known: ${targets.map((known) => known.name).join(', ')}.`)
    return target
  })

/** The target that runs on this very machine. */
export const ownTarget = (): Target => {
  const musl = process.platform === 'linux' && Bun.spawnSync(['ldd', '--version']).stderr.toString().includes('musl')
  const found = targets.find(
    ({ platform, arch, libc }) => platform === process.platform && arch === process.arch && (libc === null || (libc === 'musl') === musl),
  )
  if (found === undefined) throw new Error(`bzzz is not built for ${process.platform} ${process.arch}.`)
  return found
}
