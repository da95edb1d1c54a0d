/** Writes to stdout and waits until it is out: a pipe may be slow, and the process ends right after. */
export const print = (text: string): Promise<void> => written(process.stdout, `${text}\n`)

/** A value as JSON for programs, indented for people. */
export const printJson = (value: unknown): Promise<void> => print(JSON.stringify(value, null, 2))

/** Writes to stderr. */
export const complain = (text: string): Promise<void> => written(process.stderr, `${text}\n`)

const written = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise((resolve) => {
    // A reader that left (`bzzz nodes | head -1`) is no failure of ours.
    stream.once('error', () => resolve())
    stream.write(text, () => resolve())
  })
