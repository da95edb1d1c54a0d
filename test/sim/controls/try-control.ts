import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Control } from './control.ts'

const root = join(import.meta.dir, '../../..')
const patienceMs = 240_000

/** What the simulation said of a program with this defect: the property it saw broken, or null when it noticed nothing. */
export const tryControl = async (control: Control): Promise<{ readonly broken: string | null; readonly output: string }> => {
  const folder = mkdtempSync(join(tmpdir(), 'bzzz-control-'))
  try {
    for (const part of ['src', 'test/sim', 'test/support', 'package.json', 'tsconfig.json', 'bunfig.toml'])
      cpSync(join(root, part), join(folder, part), { recursive: true })
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'))
    for (const change of [control, ...(control.also ?? [])]) spoil(folder, change)
    return await simulate(folder, control)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const spoil = (folder: string, { file, find, replace }: Pick<Control, 'file' | 'find' | 'replace'>): void => {
  const path = join(folder, file)
  const parts = readFileSync(path, 'utf8').split(find)
  if (parts.length !== 2) throw new Error(`The control no longer applies: ${file} has "${find}" ${parts.length - 1} times.`)
  writeFileSync(path, parts.join(replace))
}

const simulate = async (folder: string, { shownBy }: Control): Promise<{ broken: string | null; output: string }> => {
  const what =
    'scenario' in shownBy
      ? ['--scenario', shownBy.scenario]
      : ['--random-only', '--seeds', String(shownBy.seeds), '--from', String(shownBy.from), '--threads', '1', '--failures', '1']
  const child = Bun.spawn([process.execPath, 'test/sim/main.ts', ...what], {
    cwd: folder,
    stdout: 'pipe',
    stderr: 'pipe',
    timeout: patienceMs,
  })
  const [said, complained] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text(), child.exited])
  const output = `${said}${complained}`
  if (child.signalCode !== null) throw new Error(`The simulation did not end within ${patienceMs} ms.\n${output}`)
  const broken = /broke "([^"]+)"/.exec(said)?.[1] ?? null
  return { broken: child.exitCode === 1 ? broken : null, output }
}
