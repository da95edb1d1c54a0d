import { afterAll, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '../../src/cli/index.ts'

setDefaultTimeout(60_000)

const root = join(import.meta.dir, '..', '..')
const folder = mkdtempSync(join(tmpdir(), 'bzzz-run-'))
const children: Bun.Subprocess[] = []
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL')
  await Promise.all(children.map((child) => child.exited))
  rmSync(folder, { recursive: true })
})

const start = (name: string, ...flags: string[]) => {
  const child = Bun.spawn(
    [
      process.execPath,
      'src/main.ts',
      'run',
      '--data',
      join(folder, name),
      '--name',
      name,
      '--mesh-host',
      '127.0.0.1',
      '--mesh-port',
      '0',
      '--json',
      ...flags,
    ],
    {
      cwd: root,
      env: { ...process.env, BZZZ_CONFIG: '', BZZZ_LOG_LEVEL: 'warn' },
      stdin: 'pipe',
      stdout: 'pipe',
      stderr: 'pipe',
    },
  )
  children.push(child)
  return child
}

/** What the node prints once it runs. */
const facts = async (child: ReturnType<typeof start>): Promise<{ page: string; socket: string; pid: number; name: string }> => {
  let text = ''
  for await (const chunk of child.stdout) {
    text += new TextDecoder().decode(chunk)
    if (text.trimEnd().endsWith('}')) return JSON.parse(text)
  }
  throw new Error(`the node ended: ${await child.stderr.text()}`)
}

test('a node says where it is, answers on page and socket, and stops in order on SIGTERM', async () => {
  const child = start('nova', '--web-port', '0')
  const { page, socket, pid, name } = await facts(child)
  expect([name, pid]).toEqual(['nova', child.pid])
  expect((await connect(socket).identity()).page).toBe(page)
  expect(await (await fetch(`${page}healthz`)).text()).toBe('live\n')
  const ready = await fetch(`${page}readyz`)
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining('in no cluster yet')])
  expect(await (await fetch(`${page}metrics`)).text()).toContain('bzzz_ready 0')
  expect((await fetch(`${page}nothing-here`)).status).toBe(404)
  expect((await fetch(page, { headers: { host: 'evil.example' } })).status).toBe(421)
  child.kill('SIGTERM')
  expect([await child.exited, await child.stderr.text()]).toEqual([0, ''])
  expect(existsSync(socket)).toBe(false)
})

test('a second node in the same folder, or on the same port, is told who is there', async () => {
  const child = start('vega', '--web-port', '0')
  const { page, socket, pid } = await facts(child)
  const again = start('vega', '--web-port', '0')
  expect(await again.exited).toBe(1)
  expect(JSON.parse(await again.stderr.text()).error).toMatchObject({
    code: 'in-use',
    message: expect.stringContaining(`(process ${pid})`),
  })
  const other = start('lyra', '--web-port', new URL(page).port)
  expect(await other.exited).toBe(1)
  const { error } = JSON.parse(await other.stderr.text())
  expect(error.code).toBe('port-taken')
  expect(error.message).toContain(`(process ${child.pid}) listens there`)
  expect(error.hint).toContain('`web.port`')
  expect((await connect(socket).identity()).name).toBe('vega')
  child.kill('SIGINT')
  expect(await child.exited).toBe(0)
})

test('with --stop-with-parent a node ends when its standard input does', async () => {
  const child = start('pi', '--web-port', '0', '--stop-with-parent')
  await facts(child)
  child.stdin.end()
  expect(await child.exited).toBe(0)
})
