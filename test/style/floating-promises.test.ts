import { afterAll, expect, test } from 'bun:test'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { root, sources } from './source.ts'

const folder = mkdtempSync(join(tmpdir(), 'bzzz-lint-'))
afterAll(() => rmSync(folder, { recursive: true }))
cpSync(join(root, 'biome.json'), join(folder, 'biome.json'))
symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
mkdirSync(join(folder, 'src'))

const lint = (name: string, text: string): { readonly exitCode: number; readonly said: string } => {
  writeFileSync(join(folder, 'src', name), text)
  const run = Bun.spawnSync([join(root, 'node_modules/.bin/biome'), 'lint', `src/${name}`], { cwd: folder })
  return { exitCode: run.exitCode, said: run.stdout.toString() + run.stderr.toString() }
}

test('a promise that nobody waits for is an error, not a warning', () => {
  const { exitCode, said } = lint(
    'floating.ts',
    `const later = async (): Promise<number> => 1\nexport const forgets = () => {\n  later()\n}\n`,
  )
  expect(said).toContain('noFloatingPromises')
  expect(exitCode).toBe(1)
})

test('the same promise, awaited or given away on purpose, passes', () => {
  const text = `const later = async (): Promise<number> => 1\nexport const waits = async () => {\n  void later()\n  await later()\n}\n`
  expect(lint('waited.ts', text)).toMatchObject({ exitCode: 0 })
})

/** The linter does not know the types of Node's modules, so their promises are looked for here: a call of an import that stands alone on its line. */
test('no promise of a Node module floats', () => {
  const found = sources('src', 'build', 'test').flatMap(({ path, text }) =>
    [...text.matchAll(/import \{([^}]+)\} from 'node:[a-z]+\/promises'/g)].flatMap((match) => {
      const names = (match[1] ?? '').split(',').map((name) => name.trim().split(' as ').at(-1) ?? '')
      return text
        .split('\n')
        .flatMap((line, at) => (names.some((name) => line.trim().startsWith(`${name}(`)) ? [`${path}:${at + 1}: ${line.trim()}`] : []))
    }),
  )
  expect(found).toEqual([])
})
