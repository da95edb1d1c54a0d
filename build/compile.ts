import { mkdirSync, renameSync, rmSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Provenance, provenance } from './provenance.ts'
import { measure, megabytes, tooLarge } from './sizes.ts'
import { ownTarget, type Target, targets, targetsNamed } from './targets.ts'

const root = dirname(import.meta.dir)
export const out = join(root, 'build/out')

/** Where the executable of a target lies: `build/out/bzzz` for this machine, `build/out/<target>/bzzz` for the others. */
export const executableOf = (target: Target): string => (target === ownTarget() ? join(out, 'bzzz') : join(out, target.name, 'bzzz'))

/**
 * Builds one executable: the program, its workers, and the runtime of `target` in one file. What stands in the folder where it is started
 * (.env, bunfig.toml, package.json) never changes what it does. The file appears whole or not at all, so a running one may be replaced.
 */
export const compile = async (target: Target, from: Provenance, outfile: string, entry = join(root, 'src/main.ts')): Promise<void> => {
  // A folder of its own, because the name of the file stands in every stack trace.
  const folder = join(dirname(outfile), `.unfinished-${process.pid}`)
  const unfinished = join(folder, basename(outfile))
  mkdirSync(folder, { recursive: true })
  try {
    const built = await Bun.build({
      entrypoints: [entry, ...workers()],
      root,
      target: 'bun',
      format: 'esm',
      // Names stay readable, so that a stack trace in a bug report says where; the rest shrinks. Shortening them too would save 0.8 MB.
      minify: { whitespace: true, syntax: true, identifiers: false },
      sourcemap: 'none',
      // Parsed ahead of time, functions at their first call: `bzzz version` takes 6 ms instead of 70, a node starts in 130 ms of processor time
      // instead of 175, for 1.3 MB. With all functions compiled ahead it would be 90 ms, and 3 MB over the limit.
      bytecode: true,
      bytecodeDepth: 0,
      define: {
        BZZZ_VERSION: JSON.stringify(from.version),
        BZZZ_COMMIT: JSON.stringify(from.commit),
        BZZZ_TARGET: JSON.stringify(target.name),
        'process.env.NODE_ENV': '"production"',
      },
      compile: { target: target.runtime, outfile: unfinished, autoloadDotenv: false, autoloadBunfig: false },
    })
    if (!built.success) throw new AggregateError(built.logs, `${target.name} could not be built.`)
    renameSync(unfinished, outfile)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** A worker is found inside the executable only when it is an entry point of its own. */
const workers = (): string[] => [...new Bun.Glob('src/**/*-worker.ts').scanSync({ cwd: root })].sort().map((file) => join(root, file))

if (import.meta.main) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { all: { type: 'boolean' }, quiet: { type: 'boolean' } },
  })
  const from = provenance()
  const wanted = values.all ? targets : positionals.length > 0 ? targetsNamed(positionals) : [ownTarget()]
  for (const target of wanted) {
    const outfile = executableOf(target)
    const startedAt = performance.now()
    await compile(target, from, outfile)
    if (values.quiet) continue
    const sizes = await measure(outfile)
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
    console.log(
      `${target.name.padEnd(24)} ${megabytes(sizes.executableBytes).padStart(9)} ${megabytes(sizes.compressedBytes).padStart(9)} gzip  ${seconds} s  ${outfile.slice(root.length + 1)}`,
    )
    for (const problem of tooLarge(sizes)) {
      console.error(`${target.name}: ${problem}`)
      process.exitCode = 1
    }
  }
}
