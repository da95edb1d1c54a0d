import { type Answered, asLine, type Command, type Shell } from '../../src/install/index.ts'

/** A shell that writes down what it is given. A line that begins like a key of `answers` gets that answer, the longest key first; others succeed. */
export const recordingShell = (answers: Readonly<Record<string, Partial<Answered>>> = {}): Shell & { readonly ran: string[] } => {
  const ran: string[] = []
  return {
    ran,
    run: async (command: Command) => {
      const line = asLine({ program: command.program, args: command.args })
      ran.push(line)
      const known = Object.entries(answers)
        .filter(([start]) => line.startsWith(start))
        .sort(([a], [b]) => b.length - a.length)[0]
      return { code: 0, stdout: '', stderr: '', ...known?.[1] }
    },
  }
}
