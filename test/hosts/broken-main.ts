import { cli, complain, exitCodeOf, explain, terminal } from '../../src/cli/index.ts'

/** A bzzz that installs itself and says its version, and whose node never comes up. */
if (process.argv[2] === 'run') {
  process.stderr.write('this version is broken on purpose\n')
  process.exit(1)
}
try {
  await cli(process.argv.slice(2))
  process.exit(0)
} catch (error) {
  await complain(explain(error, terminal(process.stderr), false))
  process.exit(exitCodeOf(error))
}
