import { readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'

export const root = dirname(dirname(import.meta.dir))

export interface Import {
  /** As written: './x.ts', 'libp2p', 'node:fs'. */
  readonly specifier: string
  /** Path from the root for our own files, else null. */
  readonly file: string | null
  /** Nothing of it is left when the program runs. */
  readonly typeOnly: boolean
  readonly line: number
}

export interface Source {
  /** Path from the root, with slashes: 'src/base/fault.ts'. */
  readonly path: string
  readonly text: string
  readonly lines: number
  readonly imports: readonly Import[]
}

/** Every TypeScript file below these folders, in order of path. */
export const sources = (...folders: readonly string[]): readonly Source[] =>
  folders
    .flatMap((folder) => [...new Bun.Glob(`${folder}/**/*.{ts,tsx}`).scanSync({ cwd: root })])
    .filter((path) => !path.includes('/captured/') && !path.startsWith('build/out/'))
    .sort()
    .map((path) => {
      const text = readFileSync(join(root, path), 'utf8')
      return { path, text, lines: text.split('\n').length - 1, imports: importsOf(path, text) }
    })

const statement = /^(?:import|export)\s+(type\s+)?(?:([^'"`;()=]*?)\s*from\s+)?'([^']+)'/gm
const dynamic = /\bimport\(\s*'([^']+)'/g

/** The imports and re-exports in a formatted file; a scanner of text is enough, because the formatter leaves them one shape. */
export const importsOf = (path: string, text: string): readonly Import[] => {
  const found: Import[] = []
  const add = (specifier: string, typeOnly: boolean, at: number) =>
    found.push({ specifier, file: ownFile(path, specifier), typeOnly, line: text.slice(0, at).split('\n').length })
  for (const match of text.matchAll(statement)) add(match[3] ?? '', match[1] !== undefined || onlyTypes(match[2]), match.index)
  for (const match of text.matchAll(dynamic)) add(match[1] ?? '', false, match.index)
  return found
}

/** True for `{ type A, type B }`. */
const onlyTypes = (clause: string | undefined): boolean => {
  const inside = clause?.match(/^\{([^}]*)\}$/)?.[1]
  if (inside === undefined) return false
  const names = inside
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  return names.length > 0 && names.every((name) => name.startsWith('type '))
}

const ownFile = (path: string, specifier: string): string | null =>
  specifier.startsWith('.') ? normalize(join(dirname(path), specifier)).replaceAll('\\', '/') : null

/** 'src/mesh/a.ts' and 'src/mesh/b/c.ts' → 'mesh'; 'src/main.ts' → 'main'; 'views/parts/x.tsx' → 'views'. */
export const folderOf = (path: string): string => {
  const [top = '', second = ''] = path.split('/')
  return top === 'src' ? second.replace(/\.tsx?$/, '') : top
}
