import type { FileFacts, Files, HostPorts, Ran, Space } from '../../src/host/ports.ts'

/** A machine that exists only in memory: what its files say, what its programs print, who answers on its ports. */
export interface Pretended {
  /** Path to text; a key may start with `bytes:` (value: numbers) or `link:` (value: where it points). Folders follow from paths. */
  readonly files?: Readonly<Record<string, string | readonly number[]>>
  readonly facts?: Readonly<Record<string, FileFacts>>
  readonly spaces?: Readonly<Record<string, Space>>
  /** "nvidia-smi" or "timedatectl show" (the longest matching beginning of the command line wins) to what it gives. */
  readonly commands?: Readonly<Record<string, Partial<Ran>>>
  readonly answers?: Readonly<Record<string, { readonly status: number; readonly body: string }>>
  readonly env?: Readonly<Record<string, string>>
  readonly arch?: string
  readonly platform?: HostPorts['platform']
}

/** Ports of a pretended machine; `ran` lists the command lines that were run, in order. */
export const pretendMachine = (pretended: Pretended): HostPorts & { readonly ran: string[] } => {
  const ran: string[] = []
  return {
    ran,
    run: async (program, args) => {
      const line = [program, ...args].join(' ')
      ran.push(line)
      const known = Object.entries(pretended.commands ?? {})
        .filter(([start]) => line.startsWith(start))
        .sort(([a], [b]) => b.length - a.length)[0]
      const gave = known?.[1] ?? { code: null, problem: 'missing' as const }
      return { code: 0, stdout: '', stderr: '', problem: null, ...gave }
    },
    files: pretendFiles(pretended),
    ask: async (url) => pretended.answers?.[url] ?? null,
    platform: pretended.platform ?? 'linux',
    arch: pretended.arch ?? 'x64',
    env: pretended.env ?? {},
    homeFolder: '/home/mara',
  }
}

const pretendFiles = ({ files = {}, facts = {}, spaces = {} }: Pretended): Files => {
  const paths = [...Object.keys(files).map((key) => key.replace(/^(bytes|link):/, '')), ...Object.keys(facts)]
  const isFolder = (path: string) => path === '/' || paths.some((known) => known.startsWith(`${path}/`))
  const text = (path: string) => files[path]
  return {
    text: async (path) => {
      const found = text(path)
      return typeof found === 'string' ? found : null
    },
    bytes: async (path, lengthMax) => {
      const found = files[`bytes:${path}`]
      return Array.isArray(found) ? Uint8Array.from(found).slice(0, lengthMax) : null
    },
    list: async (folder) => {
      const below = paths.filter((path) => path.startsWith(`${folder}/`)).map((path) => path.slice(folder.length + 1).split('/')[0] ?? '')
      return [...new Set(below)].sort()
    },
    link: async (path) => {
      const found = files[`link:${path}`]
      return typeof found === 'string' ? found : null
    },
    real: async (path) =>
      text(path) !== undefined || facts[path] !== undefined || spaces[path] !== undefined || isFolder(path) ? path : null,
    facts: async (path) => {
      const known = facts[path]
      if (known !== undefined) return known
      if (text(path) !== undefined) return { kind: 'file', mode: 0o644, uid: 0 }
      return isFolder(path) ? { kind: 'folder', mode: 0o755, uid: 0 } : null
    },
    space: async (path) => spaces[path] ?? null,
  }
}
