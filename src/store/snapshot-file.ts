import { closeSync, openSync, readSync } from 'node:fs'
import { z } from 'zod'
import { canonical, Fault } from '../base/index.ts'
import type { SnapshotOffer } from '../consensus/ports.ts'

/*
 * A snapshot is a file of JSON lines: a header, then every row as [space, key, value] in order of space and key. Two members with one state
 * at one index write the same bytes, so a transfer that one began another can finish.
 */
const chunkBytes = 1024 * 1024
/** One row; values are far smaller, whatever escaping does to them. */
const lineCharsMax = 1024 * 1024

const rowSchema = z.tuple([z.string(), z.string(), z.string()])
type Row = z.infer<typeof rowSchema>

export const headerLine = ({ position, stampMs, configuration, root }: Omit<SnapshotOffer, 'id' | 'sizeBytes'>): string =>
  `${canonical({ kind: 'snapshot', format: 1, position, stampMs, configuration, root })}\n`

export const rowLine = (space: string, key: string, value: string): string => `${JSON.stringify([space, key, value])}\n`

/** The rows of a received file. Throws Fault `bad-snapshot` unless the header is the offer's and every row follows the one before. */
export function* rowsOf(path: string, offer: SnapshotOffer): Generator<Row> {
  const lines = linesOf(path)
  const header = lines.next()
  if (header.done || `${header.value}\n` !== headerLine(offer)) throw badSnapshot('its header is not what was offered')
  let before: Row | undefined
  for (const line of lines) {
    const row = rowFrom(line)
    const [space, key] = row
    if (before && (space < before[0] || (space === before[0] && key <= before[1]))) throw badSnapshot('its rows are not in order')
    before = row
    yield row
  }
}

export const badSnapshot = (what: string, cause?: unknown): Fault =>
  new Fault('bad-snapshot', `This snapshot cannot be trusted: ${what}.`, { hint: 'It is dropped; another member will be asked.', cause })

const rowFrom = (line: string): Row => {
  try {
    return rowSchema.parse(JSON.parse(line))
  } catch (cause) {
    throw badSnapshot('a row cannot be read', cause)
  }
}

function* linesOf(path: string): Generator<string> {
  const file = openSync(path, 'r')
  try {
    const decoder = new TextDecoder('utf-8', { fatal: true })
    const chunk = Buffer.alloc(chunkBytes)
    let rest = ''
    for (;;) {
      const length = readSync(file, chunk, 0, chunk.length, null)
      const lines = (rest + decodedBy(decoder, chunk.subarray(0, length), length > 0)).split('\n')
      rest = lines.pop() ?? ''
      if (rest.length > lineCharsMax) throw badSnapshot('a row is too long')
      yield* lines
      if (length === 0) break
    }
    if (rest !== '') throw badSnapshot('its last row is cut off')
  } finally {
    closeSync(file)
  }
}

const decodedBy = (decoder: TextDecoder, bytes: Uint8Array, stream: boolean): string => {
  try {
    return decoder.decode(bytes, { stream })
  } catch (cause) {
    throw badSnapshot('it is not text', cause)
  }
}
