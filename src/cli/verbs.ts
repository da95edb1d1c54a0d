import type { Command } from 'commander'

/** A verb: how to load what it does. Loading only the one that is asked for keeps `bzzz version` at the speed of a shell. */
export interface Verb {
  readonly name: string
  readonly load: () => Promise<(program: Command) => void>
}

/** All verbs, in the order of the help. */
export const verbs: readonly Verb[] = [
  { name: 'demo', load: async () => (await import('./demo.ts')).demoCommand },
  { name: 'install', load: async () => (await import('./install.ts')).installCommand },
  { name: 'uninstall', load: async () => (await import('./uninstall.ts')).uninstallCommand },
  { name: 'templates', load: async () => (await import('./templates.ts')).templatesCommand },
  { name: 'run', load: async () => (await import('./run.ts')).runCommand },
  { name: 'setup', load: async () => (await import('./setup.ts')).setupCommand },
  { name: 'status', load: async () => (await import('./status.ts')).statusCommand },
  { name: 'nodes', load: async () => (await import('./nodes.ts')).nodesCommand },
  { name: 'leader', load: async () => (await import('./leader.ts')).leaderCommand },
  { name: 'kv', load: async () => (await import('./kv.ts')).kvCommand },
  { name: 'doctor', load: async () => (await import('./doctor.ts')).doctorCommand },
  { name: 'version', load: async () => (await import('./version.ts')).versionCommand },
  // Hidden: what this program starts itself to work with keys.
  { name: 'key-process', load: async () => (await import('./key-process.ts')).keyProcessCommand },
  // Last: it looks at those before it.
  { name: 'completion', load: async () => (await import('./completion.ts')).completionCommand },
]
