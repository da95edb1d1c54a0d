import { readFileSync, statSync } from 'node:fs'
import { isNode, LineCounter, parseDocument } from 'yaml'
import { Fault } from '../base/index.ts'
import { checkSettings } from './config-check.ts'
import type { Settings } from './config-schema.ts'

const sizeBytesMax = 256 * 1024

/** The settings in a YAML file; null when there is no such file. Every complaint names file and line. */
export const readConfigFile = (path: string): Settings | null => {
  const text = readText(path)
  return text === null ? null : parseConfig(text, path)
}

/** The settings in YAML text that came from `path`. */
export const parseConfig = (text: string, path: string): Settings => {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineAt = (offset: number | undefined) => (offset === undefined ? 1 : lines.linePos(offset).line)
  const broken = document.errors[0]
  if (broken) {
    const said = broken.message.replace(/\.$/, '')
    throw new Fault('bad-config', `${path}, line ${lineAt(broken.pos[0])}: this is not YAML (${said}).`, {
      hint: 'Correct the line; nothing was started.',
    })
  }
  const value: unknown = toValue(document, path) ?? {}
  return checkSettings(value, (keys, key) => {
    for (let depth = keys.length; depth >= 0; depth--) {
      const node = document.getIn(keys.slice(0, depth), true)
      const at = key === undefined ? undefined : keyOffset(node, key)
      const offset = at ?? (isNode(node) ? node.range?.[0] : undefined)
      if (offset !== undefined) return `${path}, line ${lineAt(offset)}`
    }
    return path
  })
}

const toValue = (document: ReturnType<typeof parseDocument>, path: string): unknown => {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (cause) {
    throw new Fault('bad-config', `${path} uses aliases that grow without end.`, { hint: 'Write the values out.', cause })
  }
}

/** Where the name of a key stands inside a mapping. */
const keyOffset = (node: unknown, key: string): number | undefined => {
  if (typeof node !== 'object' || node === null || !('items' in node) || !Array.isArray(node.items)) return undefined
  for (const pair of node.items) {
    const name: unknown = pair?.key
    if (isNode(name) && String(name) === key) return name.range?.[0]
  }
  return undefined
}

const readText = (path: string): string | null => {
  try {
    const size = statSync(path).size
    if (size > sizeBytesMax)
      throw new Fault('bad-config', `${path} is larger than 256 KiB, so it is hardly a configuration.`, {
        hint: 'Name another file with --config.',
      })
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT' || code === 'ENOTDIR') return null
    const why =
      code === 'EACCES' ? 'belongs to somebody else' : code === 'EISDIR' ? 'is a folder' : `cannot be read (${String(code ?? cause)})`
    throw new Fault(code === 'EACCES' ? 'forbidden' : 'bad-config', `${path} ${why}.`, {
      hint: 'Mend its owner and mode, or name another file with --config.',
      cause,
    })
  }
}
