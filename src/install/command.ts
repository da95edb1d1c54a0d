/** One program with its arguments. No shell is involved; `input` goes to its standard input. */
export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly input?: string
}

/** What a command answered. A missing program and a hang are answers too: `code` is null then. */
export interface Answered {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Where commands run: this machine, another one, or a page that shows what would happen. Never throws. */
export interface Shell {
  run(command: Command): Promise<Answered>
}

export const command = (program: string, ...args: readonly string[]): Command => ({ program, args })

/** A folder of ours with its mode and owner; one that is there already gets them too. */
export const ownFolder = (path: string, mode: string, owner?: string): Command =>
  command('install', '-d', '-m', mode, ...(owner === undefined ? [] : ['-o', owner, '-g', owner]), path)

/** Folders that belong to somebody else and may be missing. */
export const folders = (...paths: readonly string[]): Command => command('mkdir', '-p', ...paths)

/** A text file that appears whole or not at all, with its mode and, where given, its group. */
export const textFile = (path: string, text: string, mode: string, group?: string): readonly Command[] => [
  { program: 'tee', args: [`${path}.partial`], input: text },
  command('chmod', mode, `${path}.partial`),
  ...(group === undefined ? [] : [command('chgrp', group, `${path}.partial`)]),
  command('mv', '-f', `${path}.partial`, path),
]

/** A symbolic link that points somewhere else from one moment to the next; it is never missing in between. */
export const link = (path: string, target: string): readonly Command[] => [
  command('rm', '-f', `${path}.partial`),
  command('ln', '-s', target, `${path}.partial`),
  command('mv', '-f', '-T', `${path}.partial`, path),
]

export const remove = (...paths: readonly string[]): Command => command('rm', '-rf', '--', ...paths)

/** The command as a line for a POSIX shell; what goes to its standard input follows as a here-document. */
export const asLine = ({ program, args, input }: Command): string => {
  const line = [program, ...args].map(quoted).join(' ')
  if (input === undefined) return line
  let mark = 'END'
  while (input.split('\n').includes(mark)) mark = `${mark}_`
  return `${line} <<'${mark}'\n${input.endsWith('\n') ? input : `${input}\n`}${mark}`
}

const quoted = (word: string): string => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)
