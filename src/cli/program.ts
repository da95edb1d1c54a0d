import { Command, CommanderError } from 'commander'
import { build, Fault, nearest } from '../base/index.ts'
import { examples } from './examples.ts'
import { verbs } from './verbs.ts'

/** Runs the verb that the arguments name. Throws a Fault for everything that does not work, wrong usage included. */
export const cli = async (args: readonly string[]): Promise<void> => {
  const program = rootCommand()
  const named = verbs.filter(({ name }) => name === args[0] && name !== 'completion')
  for (const { load } of named.length > 0 ? named : verbs) (await load())(program)
  if (args.length === 0) return program.outputHelp()
  const [first, asked] = args
  // `bzzz help RUNN` asks about a verb that is not there.
  if (first === 'help' && asked !== undefined && !program.commands.some((command) => command.name() === asked)) args = [asked]
  try {
    await program.parseAsync([...args], { from: 'user' })
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    if (error.exitCode !== 0) throw usageFault(error, program, args)
  }
}

const rootCommand = (): Command =>
  new Command('bzzz')
    .description('Turns a handful of machines into a private cluster of Ollama nodes')
    .version(build.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand('help [verb]', 'print help for a verb')
    .usage('<verb> [options]')
    .exitOverride()
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .addHelpText(
      'after',
      examples(
        ['bzzz demo', 'a whole cluster on this machine, to look at'],
        ['bzzz run', 'the node of this machine'],
        ['bzzz status', 'who leads, who answers'],
      ),
    )

/** What commander says, as a sentence and a remedy. */
const usageFault = ({ code, message }: CommanderError, program: Command, args: readonly string[]): Fault => {
  if (code === 'commander.help')
    return new Fault('usage', `\`${pathOf(program, args)}\` needs to know what to do.`, {
      hint: `See \`${pathOf(program, args)} --help\`.`,
    })
  const [said = '', ...more] = message.replace(/^error: /, '').split('\n')
  const meant = /Did you mean (?:one of )?(.+?)\?\)?$/.exec(more.join(' '))?.[1] ?? nearestVerb(said, program)
  const sentence = `${inOurWords(said.charAt(0).toUpperCase() + said.slice(1))
    .replaceAll("'", '`')
    .replace(/\.$/, '')}.`
  const path = pathOf(program, args)
  return new Fault('usage', sentence, {
    hint: meant === undefined ? `See \`${path} --help\`.` : `Did you mean ${meant}? See \`${path} --help\`.`,
  })
}

const inOurWords = (said: string): string =>
  said
    .replace(/^Unknown command /, 'Unknown verb ')
    .replace(/^Option '(\S+).*?' argument '(.*)' is invalid\./, "'$1' cannot be '$2'.")
    .replace(/^Command-argument value '(.*)' is invalid for argument '(.*)'\./, "'$1' is no $2 that is known here.")

const nearestVerb = (said: string, program: Command): string | undefined => {
  const typed = /^unknown command '(.+)'$/.exec(said)?.[1]
  return typed === undefined
    ? undefined
    : nearest(
        typed,
        program.commands.map((command) => command.name()),
      )
}

/** "bzzz leader transfer": as far as the arguments name commands. */
const pathOf = (program: Command, args: readonly string[]): string => {
  let at = program
  for (const arg of args) {
    const next = at.commands.find((command) => command.name() === arg)
    if (!next) break
    at = next
  }
  const names: string[] = []
  for (let command: Command | null = at; command; command = command.parent) names.unshift(command.name())
  return names.join(' ')
}
