import { terminal } from './terminal.ts'

const quietMs = 1_000
const frames = ['◐', '◓', '◑', '◒']

/** Waits for `work`. After a second stderr says what is going on: a moving line for a person, one line for a log. */
export const withProgress = async <Value>(text: string, work: Promise<Value>): Promise<Value> => {
  const { interactive, unicode } = terminal(process.stderr)
  const from = performance.now()
  let shown = 0
  const show = () => {
    const seconds = Math.round((performance.now() - from) / 1000)
    if (interactive) process.stderr.write(`\r\u001b[K${unicode ? frames[shown % frames.length] : '...'} ${text} (${seconds} s)`)
    else if (shown === 0) process.stderr.write(`${text}\n`)
    shown++
  }
  let beat: ReturnType<typeof setInterval> | undefined
  const first = setTimeout(() => {
    show()
    beat = setInterval(show, 250)
  }, quietMs)
  try {
    return await work
  } finally {
    clearTimeout(first)
    clearInterval(beat)
    if (interactive && shown > 0) process.stderr.write('\r\u001b[K')
  }
}
