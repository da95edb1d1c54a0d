import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'zod'
import { Fault } from '../base/index.ts'
import { writePrivateFile } from '../keys/index.ts'

const shape = z.strictObject({
  genesis: z.string().max(65_536),
  /** Whose folder this is. */
  self: z.string().max(128).optional(),
  /** Whom to ask first; the member list of the log replaces them. */
  contacts: z.array(z.strictObject({ peer: z.string().max(128), addresses: z.array(z.string().max(256)).max(16) })).max(64),
})

export type ClusterFile = z.infer<typeof shape>

const nameOf = (folder: string) => join(folder, 'cluster.json')

/** Which cluster this node belongs to, or null for a fresh node. Everything in it is public. */
export const readClusterFile = (folder: string): ClusterFile | null => {
  let text: string
  try {
    text = readFileSync(nameOf(folder), 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return null
    throw new Fault('unreadable', `${nameOf(folder)} cannot be read.`, { hint: 'Give this user the right to read it.', cause })
  }
  try {
    return shape.parse(JSON.parse(text))
  } catch (cause) {
    throw new Fault('damaged-file', `${nameOf(folder)} is damaged; nothing was changed.`, {
      hint: 'Restore it from another member (it is the same everywhere but for the contacts), or move the data folder away and join again.',
      cause,
    })
  }
}

/** All or nothing: a crash leaves the former state or the new one. */
export const writeClusterFile = (folder: string, content: ClusterFile): void => writePrivateFile(nameOf(folder), JSON.stringify(content))
