/** Writes to stdout and waits until it is out: a pipe may be slow, and the process ends right after. */
export const print = (text: string): Promise<void> => written(process.stdout, `${text}\n`)

/** A value as JSON for programs, indented for people. What would steer a terminal or turn the reading direction is escaped: the same JSON. */
export const printJson = (value: unknown): Promise<void> => print(inert(JSON.stringify(value, null, 2)))

/** JSON text without characters that JSON allows and terminals obey; they stand inside of strings only. */
export const inert = (json: string): string =>
  json.replaceAll(
    /[^\P{Cc}\n]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

/** Writes to stderr. */
export const complain = (text: string): Promise<void> => written(process.stderr, `${text}\n`)

const written = (stream: NodeJS.WriteStream, text: string): Promise<void> =>
  new Promise((resolve) => {
    // A reader that left (`bzzz nodes | head -1`) is no failure of ours.
    const done = () => {
      stream.off('error', done)
      resolve()
    }
    stream.once('error', done)
    stream.write(text, done)
  })
