/** The examples at the end of a verb's help: a command and what it is for. */
export const examples = (...lines: readonly (readonly [command: string, purpose: string])[]): string => {
  const width = Math.max(...lines.map(([command]) => command.length))
  return `\nExamples:\n${lines.map(([command, purpose]) => `  $ ${command.padEnd(width)}  ${purpose}`).join('\n')}\n`
}
