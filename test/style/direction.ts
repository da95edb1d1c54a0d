import { folderOf, type Import, type Source } from './source.ts'

/** Who may import whom. Higher imports lower; `adapters` stand beside, below `app`. */
const storeys: Readonly<Record<string, number>> = {
  base: 0,
  ...Object.fromEntries(
    ['consensus', 'slurp', 'settings', 'keys', 'roles', 'models', 'gateway', 'tasks', 'ledger'].map((name) => [name, 1]),
  ),
  ...Object.fromEntries(['install', 'setup', 'deploy', 'node', 'demo'].map((name) => [name, 2])),
  app: 3,
  cli: 4,
  main: 5,
}

const adapters: ReadonlySet<string> = new Set(['mesh', 'store', 'ssh', 'ollama', 'host', 'web'])

/** The command line and the demo use the same words as the pages. */
const shows: ReadonlySet<string> = new Set(['web', 'cli', 'demo'])

/** The one direction between folders of one storey, as ARCHITECTURE.md draws it: from → to. */
const beside: ReadonlySet<string> = new Set([
  'ledger → consensus',
  'ledger → keys',
  'demo → node',
  'demo → deploy',
  'deploy → node',
  'setup → node',
])

/** Why this import may not be, or null when it may. */
export const offence = (source: Source, wanted: Import): string | null => {
  if (wanted.file === null) return null
  const [from, to] = [folderOf(source.path), folderOf(wanted.file)]
  if (from === to || !isHouse(wanted.file)) return wanted.file.startsWith('test/') ? 'the program may not import tests' : null
  if (source.path.startsWith('views/')) return wanted.typeOnly ? null : 'views take nothing but types from src'
  if (to === 'views') return shows.has(from) ? null : 'only surfaces show views'
  if (adapters.has(to)) return adapterOffence(from, wanted)
  if (adapters.has(from))
    return wanted.typeOnly || (storeys[to] ?? 9) <= 1 ? insideOffence(wanted) : 'adapters know capabilities and types only'
  const [high, low] = [storeys[from], storeys[to]]
  if (high === undefined || low === undefined) return `"${high === undefined ? from : to}" stands in no storey (test/style/direction.ts)`
  if (high < low) return `${from} stands below ${to}`
  if (high === low && !beside.has(`${from} → ${to}`)) return `${from} and ${to} stand side by side`
  return insideOffence(wanted)
}

const adapterOffence = (from: string, wanted: Import): string | null =>
  wanted.typeOnly || from === 'app' ? insideOffence(wanted) : 'only app imports adapters'

/** From outside, a folder is its index; types cost nothing and may come from where they are declared. */
const insideOffence = (wanted: Import): string | null =>
  wanted.typeOnly || wanted.file?.endsWith('/index.ts') || wanted.file?.endsWith('/index.tsx')
    ? null
    : 'outsiders import the index of a folder'

const isHouse = (path: string): boolean => path.startsWith('src/') || path.startsWith('views/')
