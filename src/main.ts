import { cli, complain, exitCodeOf, explain, explainJson, terminal } from './cli/index.ts'

/** Runs the command line; failures become a sentence on stderr and an exit code, here and nowhere else. */
const main = async (args: readonly string[]): Promise<number> => {
  try {
    await cli(args)
    return 0
  } catch (error) {
    const debug = Boolean(process.env.BZZZ_DEBUG)
    await complain(args.includes('--json') ? explainJson(error) : explain(error, terminal(process.stderr), debug))
    return exitCodeOf(error)
  }
}

process.exit(await main(process.argv.slice(2)))
