import { join } from 'node:path'
import type { Entry, Position } from '../consensus/types.ts'
import { writePrivateFile } from '../keys/index.ts'

/**
 * Writes the entries that a take-over leaves behind as JSON lines into the data folder, on disk when it returns; gives the path. They were
 * never part of the new history, but somebody may want to read what was in them.
 */
export const exportEntries = (
  folder: string,
  takeoverId: string,
  base: Position,
  entries: readonly Entry[],
  appliedIndex: number,
): string => {
  const path = join(folder, `left-behind-${fileNameOf(takeoverId)}.jsonl`)
  const header = { kind: 'left-behind', takeoverId, base, appliedIndex, entries: entries.length }
  const lines = [header, ...entries.map((entry) => ({ ...entry, applied: entry.index <= appliedIndex }))]
  writePrivateFile(path, `${lines.map((line) => JSON.stringify(line)).join('\n')}\n`)
  return path
}

/** The id comes from the log: only what is harmless in a file name stays. */
const fileNameOf = (id: string) => id.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64)
