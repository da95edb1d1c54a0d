import { afterAll, beforeAll, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Fault } from '../../src/base/index.ts'
import { serveSocket } from '../../src/web/index.ts'
import { bzzz } from '../support/command-line.ts'
import { peers, type Twin, twinService, viewWith } from '../support/service.ts'

// Each question starts a process, and the machine may be busy.
setDefaultTimeout(60_000)

const folder = mkdtempSync(join(tmpdir(), 'bzzz-cli-'))
const socketPath = join(folder, 'node.sock')
let service: Twin
let socket: AsyncDisposable
beforeAll(async () => {
  service = twinService()
  socket = await serveSocket(service, socketPath)
})
beforeEach(() => {
  service.fail(null)
  service.show(viewWith())
})
afterAll(async () => {
  await socket[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

const ask = (args: string, env: Record<string, string> = {}, stdin = '') =>
  bzzz(args === '' ? [] : args.split(' '), { BZZZ_SOCKET: socketPath, ...env }, stdin)

test('status says who leads, what wants attention, and lists the machines', async () => {
  const { code, out, err } = await ask('status', { COLUMNS: '100' })
  expect([code, err]).toEqual([0, ''])
  expect(out).toStartWith('3 machines, 2 healthy.\nnova leads since 14:24, because it stood first with the best score.')
  expect(out).toContain('✖ pi is down')
  expect(out).toContain(
    'STATE      NAME             ROLE              ZONE    HEARD\n✔ healthy  nova (this one)  ⬢ leader · voter  rack-a  now\n',
  )
  expect(out).not.toContain('\u001b')
})

test('status in JSON is the view itself', async () => {
  const { code, out } = await ask('status --json')
  expect(code).toBe(0)
  expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(service.view())))
})

test.each([80, 40])('at %d columns no line of status, nodes or leader is wider, commands to copy apart', async (columns) => {
  for (const verb of ['status', 'nodes', 'leader']) {
    const { out } = await ask(verb, { COLUMNS: String(columns) })
    const wide = out.split('\n').filter((line) => Bun.stringWidth(line) > columns && !line.startsWith('To see why'))
    expect([verb, wide]).toEqual([verb, []])
  }
})

test('colours are for terminals and for those who force them, and never for NO_COLOR', async () => {
  expect((await ask('nodes')).out).not.toContain('\u001b[')
  expect((await ask('nodes', { FORCE_COLOR: '1' })).out).toContain('\u001b[32m✔ healthy')
  expect((await ask('nodes', { FORCE_COLOR: '1', NO_COLOR: '1' })).out).not.toContain('\u001b[')
})

test('a terminal that knows only ASCII gets ASCII', async () => {
  const { out } = await ask('status', { LC_ALL: 'C' })
  expect(out).toContain('+ healthy  nova (this one)  * leader, voter')
  expect(out).toMatch(/^[\n\u0020-\u007e]*$/)
})

test('names from other machines cannot steer the terminal', async () => {
  const view = viewWith()
  service.show({ ...view, members: view.members.map((member) => ({ ...member, name: `x\u001b[2J\u202e${member.name}`, zone: 'a\nb' })) })
  for (const verb of ['status', 'nodes', 'leader']) {
    const { out } = await ask(verb, { COLUMNS: '200' })
    expect(out).toContain('x\ufffd[2J\ufffdnova')
    expect([out.includes('\u001b'), out.includes('\u202e')]).toEqual([false, false])
  }
})

test('a node in no cluster says so, and leader fails with a remedy', async () => {
  service.show(viewWith({ cluster: null, leader: null, members: [], voters: { total: 0, answering: 0, needed: 0 } }))
  expect((await ask('status')).out).toStartWith('nova is in no cluster yet.')
  expect((await ask('nodes')).out).toContain('in no cluster yet')
  expect(JSON.parse((await ask('nodes --json')).out)).toEqual([])
  const { code, err } = await ask('leader')
  expect(code).toBe(1)
  expect(err).toContain('✖ nova is in no cluster yet, so nobody leads.')
})

test('nodes shows what each machine has and how old the numbers are', async () => {
  const { out } = await ask('nodes', { COLUMNS: '140' })
  expect(out.split('\n')[0]?.split(/\s{2,}/)).toEqual(['STATE', 'NAME', 'ROLE', 'SCORE', 'MEMORY', 'DISK', 'GPU', 'OLLAMA', 'NUMBERS'])
  expect(out).toMatch(
    /✔ healthy {2}nova {2}⬢ leader · voter {2}0\.83 {3}23\.5 of 64\.0 GiB {2}0\.6 of 1\.0 TB {2}RTX 4090 {2}0\.21\.0 {4}now/,
  )
  expect(out).toMatch(/pi .* no GPU {4}not here {2}4.min old/)
  expect(JSON.parse((await ask('nodes --json')).out)).toHaveLength(3)
})

test('leader shows every score with its parts', async () => {
  const { out } = await ask('leader', { COLUMNS: '100' })
  expect(out).toContain('nova leads since 14:24')
  expect(out).toMatch(/nova {2}⬢ leader · voter {2}1\. +0\.83 +0\.30/)
  expect(out).toContain('At most: stability 0.30, network 0.20')
  expect(out).toEndWith('\n\nvega has no score yet: not enough reports yet.\n')
  const facts = JSON.parse((await ask('leader --json')).out)
  expect(facts.leader).toMatchObject({ name: 'nova', term: '3' })
  expect(facts.scores).toHaveLength(3)
  expect(facts.scores.find(({ name }: { name: string }) => name === 'vega')).toMatchObject({
    score: null,
    scoreReason: 'not enough reports yet',
  })
})

test('leadership is handed over by name, and a wrong name is an error with the right ones', async () => {
  expect(await ask('leader transfer vega')).toEqual({ code: 0, out: 'vega leads now. It took 312 ms.\n', err: '' })
  expect(JSON.parse((await ask('leader transfer vega --json')).out)).toEqual({ from: peers.nova, to: peers.vega, tookMs: 312 })
  expect(await ask('leader transfer nobody')).toMatchObject({
    code: 1,
    out: '',
    err: '✖ No member is called nobody.\n  Members: nova, vega, pi.\n',
  })
})

test('the key space is written, read, listed and cleared', async () => {
  expect(await ask('kv put app/a {"x":1}')).toEqual({ code: 0, out: 'Written as version 1.\n', err: '' })
  expect((await ask('kv put app/a - --expect 1', {}, '[1, 2]')).out).toBe('Written as version 2.\n')
  expect((await ask('kv put app/b hello --text --json')).out).toContain('"version": 1')
  expect(JSON.parse((await ask('kv get app/a')).out)).toEqual([1, 2])
  expect(JSON.parse((await ask('kv get app/b --strong --json')).out)).toMatchObject({
    record: { value: 'hello', version: 1 },
    reading: { strong: true },
  })
  expect((await ask('kv list app/')).out).toBe('KEY    VERSION  VALUE\napp/a  2        [1,2]\napp/b  1        "hello"\n')
  expect((await ask('kv list app/ --limit 1')).out).toContain('There may be more: --after "app/a"')
  expect(await ask('kv delete app/a --expect 1')).toMatchObject({ code: 1, err: expect.stringContaining('has version 2, not 1') })
  expect((await ask('kv delete app/a')).out).toBe('Removed.\n')
  expect(await ask('kv get app/a')).toEqual({ code: 1, out: '', err: '✖ There is no record app/a.\n  See `bzzz kv list`.\n' })
})

test('doctor --peer tells what the node found, and fails when a check does', async () => {
  const { code, out, err } = await ask('doctor --peer pi')
  expect(code).toBe(1)
  expect(out).toBe(
    '✔ ok    address  pi is known at 10.0.0.7, port 8081.\n✖ fail  port     The connection was refused.\n                 → Start bzzz on pi: `systemctl start bzzz`.\n',
  )
  expect(err).toContain('1 of 2 checks failed.')
  expect(JSON.parse((await ask('doctor --peer pi --json')).out).findings).toHaveLength(2)
})

test.each<[code: string, exit: number]>([
  ['no-leader', 1],
  ['timeout', 1],
  ['conflict', 1],
  ['forbidden', 4],
])('a %s of the node ends with exit code %d', async (code, exit) => {
  service.fail(new Fault(code, 'It is so.', { hint: 'Do this.' }))
  expect(await ask('kv put a 1')).toEqual({ code: exit, out: '', err: '✖ It is so.\n  Do this.\n' })
  expect(await ask('kv put a 1 --json')).toEqual({
    code: exit,
    out: '',
    err: `{"error":{"code":"${code}","message":"It is so.","hint":"Do this."}}\n`,
  })
})

test('where no node runs, every verb that asks one ends with 3 and says how to start it', async () => {
  const missing = join(folder, 'missing', 'x.sock')
  for (const verb of ['status', 'nodes', 'leader', 'kv list', 'doctor --peer x']) {
    const { code, out, err } = await ask(verb, { BZZZ_SOCKET: missing })
    expect([verb, code, out]).toEqual([verb, 3, ''])
    expect(err).toBe(`✖ No node runs here: nothing answers at ${missing}.
  Start one with \`bzzz run\`, or name its socket with --socket.
`)
  }
})

test('the socket is found by flag, by data folder and by configuration', async () => {
  const config = join(folder, 'config.yaml')
  writeFileSync(config, `socket: ${socketPath}\n`)
  const none = { BZZZ_SOCKET: '' }
  expect((await ask(`status --socket ${socketPath}`, none)).code).toBe(0)
  expect((await ask(`status --config ${config}`, none)).code).toBe(0)
  expect((await ask('status', { ...none, BZZZ_CONFIG: config })).code).toBe(0)
  expect((await ask('status --data /dev/null', { BZZZ_SOCKET: socketPath })).code).toBe(0)
  expect((await ask('status --data /dev/null', none)).err).toContain('/dev/null/bzzz.sock')
})

test.each([
  ['stauts', 'Unknown verb `stauts`.', 'Did you mean status?'],
  ['help stauts', 'Unknown verb `stauts`.', 'Did you mean status?'],
  ['demo --nodes 12', '`--nodes` cannot be `12`. Give a whole number from 1 to 9.', 'See `bzzz demo --help`.'],
  [
    'completion tcsh',
    '`tcsh` is no shell that is known here. Allowed choices are zsh, bash, fish, powershell.',
    'See `bzzz completion --help`.',
  ],
  ['xyzzy', 'Unknown verb `xyzzy`.', 'See `bzzz --help`.'],
  ['status --jsno', 'Unknown option `--jsno`.', 'Did you mean --json?'],
  ['run --web-prot 1', 'Unknown option `--web-prot`.', 'Did you mean --web-port?'],
  ['run --web-port', 'argument missing', 'See `bzzz run --help`.'],
  ['run --web-port abc', '--web-port: expected a port', 'nothing was started'],
  ['run --config /nonexistent.yaml', 'There is no file /nonexistent.yaml.', '--config'],
  ['leader transfer', 'Missing required argument `node`.', 'See `bzzz leader transfer --help`.'],
  ['leader tranfser x', 'Too many arguments', 'See `bzzz leader --help`.'],
  ['kv', '`bzzz kv` needs to know what to do.', 'See `bzzz kv --help`.'],
  ['kv gte a', 'Unknown verb `gte`.', 'Did you mean get?'],
  ['kv put a {', 'The value is not JSON.', '--text'],
  ['kv put a 1 --expect x', '--expect takes a whole number, not "x".', '--expect 3'],
  ['kv list --limit -1', 'limit', 'limit'],
  ['version now', 'Too many arguments', 'See `bzzz version --help`.'],
  ['completion', 'Missing required argument `shell`.', 'See `bzzz completion --help`.'],
  ['completion tcsh', 'tcsh', 'completion'],
  ['demo --nodes many', 'many', ''],
  ['templates leader', 'There is no template `leader`.', 'coordinator, worker'],
  ['install --template leader', 'leader', 'bzzz install --help'],
])('bzzz %s is a usage error with a remedy', async (args, says, remedy) => {
  const { code, out, err } = await ask(args)
  expect([code, out]).toEqual([2, ''])
  expect(err).toContain(says)
  expect(err).toContain(remedy)
  expect(err.split('\n').length).toBeLessThanOrEqual(5)
  expect(err).not.toMatch(/at .*\.ts:\d+/)
})

test('templates prints a configuration, and in JSON its name too', async () => {
  expect((await ask('templates worker')).out).toMatch(/^# bzzz on a machine that runs models[\s\S]*\nollama:\n {2}url: http/)
  expect(JSON.parse((await ask('templates coordinator --json')).out)).toEqual({
    name: 'coordinator',
    text: expect.stringContaining('mesh:'),
  })
})

test('the source does not install itself, and says what does', async () => {
  const { code, err } = await ask('install')
  expect([code, err]).toEqual([1, expect.stringContaining('npm run build')])
})

test('version tells version, commit, target and Bun', async () => {
  expect((await ask('version')).out).toMatch(/^bzzz \d+\.\d+\.\d+ \(commit source, source, Bun \d+\.\d+\.\d+\)\n$/)
  expect(Object.keys(JSON.parse((await ask('version --json')).out))).toEqual(['version', 'commit', 'target', 'bun'])
  expect((await ask('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
})

test('every verb explains itself with an example', async () => {
  const verbs = [
    'demo',
    'install',
    'uninstall',
    'templates',
    'run',
    'status',
    'nodes',
    'leader',
    'leader transfer',
    'kv',
    'kv get',
    'kv put',
    'kv delete',
    'kv list',
    'doctor',
    'version',
    'completion',
  ]
  const { out: all, code } = await ask('--help')
  expect(code).toBe(0)
  for (const verb of verbs) {
    const { code, out, err } = await ask(`${verb} --help`)
    expect([verb, code, err]).toEqual([verb, 0, ''])
    expect(out).toContain(`Usage: bzzz ${verb} `)
    expect(out).toMatch(/Examples:\n {2}\$ .*bzzz/)
    expect(all).toContain(`  ${verb.split(' ')[0]} `)
  }
  expect((await ask('')).out).toBe(all)
  expect((await ask('help kv')).out).toStartWith('Usage: bzzz kv ')
})

test('completion knows verbs, verbs of verbs and options', async () => {
  expect((await ask('completion bash')).out).toContain('complete -F')
  expect((await ask('completion zsh')).out).toContain('#compdef bzzz')
  expect((await ask('completion fish')).out).toContain('bzzz')
  expect((await ask('complete -- st')).out).toContain('status\t')
  expect((await bzzz(['complete', '--', 'leader', ''])).out).toContain('transfer\t')
  expect((await bzzz(['complete', '--', 'run', '--web'])).out).toContain('--web-port\t')
})

test('a mistake of ours is one honest sentence, and the stack only for who asks', async () => {
  service.show({ ...viewWith(), members: null } as never)
  const { code, err } = await ask('nodes')
  expect(code).toBe(1)
  expect(err).toContain('Something failed that should not')
  expect(err).not.toMatch(/at .*\.ts:\d+/)
  expect((await ask('nodes', { BZZZ_DEBUG: '1' })).err).toMatch(/nodes\.ts:\d+/)
})

test('a reader that leaves early is no failure', async () => {
  const child = Bun.spawn(['sh', '-c', `"${process.execPath}" src/main.ts nodes | head -1`], {
    cwd: join(import.meta.dir, '..', '..'),
    env: { ...process.env, BZZZ_SOCKET: socketPath },
    stderr: 'pipe',
  })
  expect(await child.stderr.text()).toBe('')
})
