import { asLine, type Shell } from './command.ts'

/** A shell that does nothing: it hands each command to `print` as a line, and says that all went well. */
export const printingShell = (print: (line: string) => void): Shell => ({
  run: async (command) => {
    print(asLine(command))
    return { code: 0, stdout: '', stderr: '' }
  },
})
