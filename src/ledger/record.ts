import { canonical, Fault, type PeerId } from '../base/index.ts'
import type { StateReader } from '../consensus/ports.ts'
import { isShallow } from '../keys/index.ts'
import { type CommandResult, refuse, type Scene } from './command.ts'
import { commandBytesMax, valueBytesMax } from './limits.ts'
import { read } from './rows.ts'
import type { Row } from './spaces.ts'
import { countRow, isRoomy, lackOfRoom } from './usage.ts'

const keyPattern = /^[\x21-\x7e]{1,512}$/
/** Keys that only the admin key may write. */
export const protectedPrefix = 'bzzz-admin/'

export const isKey = (key: string): boolean => keyPattern.test(key)

/** The refusal of a key or of who may write it; null if it is fine. */
export const keyRefusal = (key: string, as: 'member' | 'admin'): CommandResult | null => {
  if (!isKey(key)) return refuse('bad-key', 'A key is 1 to 512 printable ASCII characters without spaces.')
  const isProtected = key.startsWith(protectedPrefix)
  if (as === 'member' && isProtected) return refuse('forbidden', `Keys under ${protectedPrefix} are written by the admin key only.`)
  if (as === 'admin' && !isProtected) return refuse('forbidden', `The admin key writes only keys under ${protectedPrefix}.`)
  return null
}

/** Canonical JSON of a value, or its refusal. Everything here depends on the value alone, never on the machine. */
export const valueText = (value: unknown, bytesMax = valueBytesMax): string | CommandResult => {
  if (!isShallow(value)) return refuse('bad-value', 'The value is nested too deeply.')
  let text: string
  try {
    text = canonical(value)
  } catch {
    return refuse('bad-value', 'The value has no JSON form.')
  }
  const mayFit = text.length <= bytesMax && (text.length * 3 <= bytesMax || Buffer.byteLength(text) <= bytesMax)
  return mayFit ? text : refuse('too-large', `It has more than ${bytesMax} bytes.`)
}

/**
 * Why a command cannot even be signed or would be refused for its key or value alone: `bad-command`, `bad-key`, `forbidden`, `bad-value`,
 * `too-large`. Ask before it is proposed: signing throws on what JSON cannot carry.
 */
export const commandFault = (command: unknown): Fault | null => {
  if (typeof command !== 'object' || command === null || Array.isArray(command)) return new Fault('bad-command', 'A command is an object.')
  const { kind, key, value } = command as { kind?: unknown; key?: unknown; value?: unknown } // Any object may be asked for these.
  if (kind === 'put' && typeof key === 'string') return faultFrom(keyRefusal(key, 'member') ?? valueText(value))
  if (kind === 'delete' && typeof key === 'string') return faultFrom(keyRefusal(key, 'member') ?? '')
  return faultFrom(valueText(command, commandBytesMax))
}

const faultFrom = (refused: CommandResult | string): Fault | null =>
  typeof refused === 'string' || refused.ok ? null : new Fault(refused.code, refused.message)

export const readRecord = (state: StateReader, key: string): Row<'kv'> | undefined => read(state, 'kv', key)

/** The refusal of a compare-and-set; `expect` 0 means "must not exist", undefined "whatever there is". */
export const expectRefusal = (row: Row<'kv'> | undefined, expect: number | undefined): CommandResult | null => {
  if (expect === undefined) return null
  const version = row === undefined || row.deleted ? 0 : row.version
  return version === expect ? null : refuse('conflict', `The record has version ${version}, not ${expect}.`, { version })
}

/**
 * Writes the next version. The text is put together by hand because this is the hot path; it is what `canonical` gives for the row
 * (a test holds that). Versions grow through deletions and are never used twice.
 */
export const writeRecord = (scene: Scene, key: string, before: Row<'kv'> | undefined, text: string | null, signed?: string): number => {
  const { state, index, stampMs, author, usage } = scene
  const version = (before?.version ?? 0) + 1
  const row = recordText(author, index, stampMs, text, version, signed)
  countRow(usage, before === undefined ? 0 : charsOf(state, key), row.length)
  state.put('kv', key, row)
  return version
}

/** The refusal of a member's value that finds no room; null if it fits. */
export const valueRoomRefusal = (scene: Scene, key: string, before: Row<'kv'> | undefined, text: string): CommandResult | null => {
  const { author, index, stampMs, state, usage } = scene
  if (isRoomy(usage)) return null
  const row = recordText(author, index, stampMs, text, (before?.version ?? 0) + 1)
  const lack = lackOfRoom(usage, before === undefined ? 0 : charsOf(state, key), row.length)
  return lack === null ? null : refuse('full', lack)
}

const charsOf = (state: StateReader, key: string): number => state.get('kv', key)?.length ?? 0

const recordText = (author: PeerId, index: number, stampMs: number, text: string | null, version: number, signed?: string) =>
  `{"author":${JSON.stringify(author)}${text === null ? ',"deleted":true' : ''},"index":${index}${
    signed === undefined ? '' : `,"signed":${JSON.stringify(signed)}`
  },"stampMs":${stampMs}${text === null ? '' : `,"value":${text}`},"version":${version}}`
