import { expect, test } from 'bun:test'
import type { Finding } from '../../src/host/index.ts'
import { type InstallOrder, install, layoutFor, type MachinePorts, prepareInstall, printInstall } from '../../src/install/index.ts'
import { unitText } from '../../src/install/unit.ts'
import { type Pretended, pretendMachine } from '../support/pretend-machine.ts'
import { recordingShell } from '../support/recording-shell.ts'

const layout = layoutFor({ uid: 0, home: '/root', env: {} })
const program = { path: '/root/bzzz', version: '0.2.0', sha256: 'ab'.repeat(32), sizeBytes: 110_000_000 }
const order = (more: Partial<InstallOrder> = {}): InstallOrder => ({
  layout,
  program,
  template: 'coordinator',
  socket: '/var/lib/bzzz/bzzz.sock',
  findings: [],
  searchPath: '/usr/local/bin:/bin',
  ...more,
})

type Answers = Parameters<typeof recordingShell>[0]
const bare: Pretended = { files: { '/run/systemd/system/x': '', '/opt/x': '', '/etc/group': 'root:x:0:\nvideo:x:44:\n' } }
const notYet: Answers = {
  'systemctl is-active': { code: 3 },
  'systemctl is-enabled': { code: 1 },
  'id -u bzzz': { code: 1 },
  'systemctl show': { stdout: '0\n' },
}
/** 0.1.0 runs. */
const older: Pretended = {
  files: {
    ...bare.files,
    '/opt/bzzz/0.1.0/bzzz': '',
    'link:/opt/bzzz/current': '0.1.0',
    'link:/usr/local/bin/bzzz': '/opt/bzzz/current/bzzz',
    '/etc/bzzz/config.yaml': '',
    '/var/lib/bzzz/identity.json': '',
    [layout.unit]: unitText(layout, { groups: ['video'], lingering: false }),
  },
}
const running: Answers = { 'systemctl show': { stdout: '0\n' } }

const machine = (pretended: Pretended, answers: Answers, versions: readonly (string | null)[] = ['0.2.0']) => {
  const shell = recordingShell(answers)
  let asked = 0
  const ports: MachinePorts = {
    shell,
    files: pretendMachine(pretended).files,
    nodeAt: async () => {
      const version = versions[Math.min(asked++, versions.length - 1)] ?? null
      return version === null ? null : { version, name: 'nova', page: null }
    },
    sleep: async () => {},
  }
  return { ports, ran: shell.ran }
}
const quiet = () => {}

test('a bare machine gets account, program, configuration, link and service, in this order', async () => {
  const { ports, ran } = machine(bare, notYet, [null, null, '0.2.0'])
  const said: string[] = []
  const done = await install(order(), ports, (what) => said.push(what))
  expect(done).toMatchObject({ changed: true, previous: null, node: { name: 'nova' }, remarks: [] })
  expect(said).toEqual([
    'Make the account bzzz',
    'Place bzzz 0.2.0 in /opt/bzzz/0.2.0',
    "Write /etc/bzzz/config.yaml, a coordinator's, to be edited",
    "Make /var/lib/bzzz for the node's keys and data",
    'Make 0.2.0 the version in use',
    'Make bzzz a command: /usr/local/bin/bzzz',
    'Write the service /etc/systemd/system/bzzz.service',
    'Start it with the machine',
    'Start the node',
    'Wait until the node answers',
  ])
  // The copy is checked and tried before it gets its name.
  const at = (line: string) => ran.findIndex((one) => one.startsWith(line))
  expect(at('sha256sum -c')).toBeLessThan(at('/opt/bzzz/.partial-0.2.0/bzzz version'))
  expect(at('/opt/bzzz/.partial-0.2.0/bzzz version')).toBeLessThan(at('mv -T /opt/bzzz/.partial-0.2.0 /opt/bzzz/0.2.0'))
})

test('an upgrade changes the link and restarts, and keeps the version before', async () => {
  const { ports, ran } = machine(older, running)
  const done = await install(order(), ports, quiet)
  expect(done).toMatchObject({ previous: '0.1.0', changed: true })
  expect(ran).toContain('ln -s 0.2.0 /opt/bzzz/current.partial')
  expect(ran.some((line) => line.startsWith('rm') && line.includes('/opt/bzzz/0.1.0'))).toBe(false)
  expect(ran.some((line) => line.startsWith('tee'))).toBe(false)
})

test('the same program again changes nothing', async () => {
  const here = { files: { ...older.files, '/opt/bzzz/0.2.0/bzzz': '', 'link:/opt/bzzz/current': '0.2.0' } }
  const { ports, ran } = machine(here, { ...running, 'sha256sum /opt/bzzz/0.2.0/bzzz': { stdout: program.sha256 } })
  expect(await install(order(), ports, quiet)).toMatchObject({ changed: false, previous: null })
  expect(ran.filter((line) => /^(install|mv|rm|ln|tee|systemctl (restart|enable))/.test(line))).toEqual([])
})

test('an upgrade that was cut short between link and restart is finished', async () => {
  const here = {
    files: { ...older.files, '/opt/bzzz/0.2.0/bzzz': '', 'link:/opt/bzzz/current': '0.2.0', 'link:/proc/812/exe': '/opt/bzzz/0.1.0/bzzz' },
  }
  const answers = {
    ...running,
    'sha256sum /opt/bzzz/0.2.0/bzzz': { stdout: program.sha256 },
    'systemctl show --property MainPID': { stdout: '812\n' },
  }
  const { ports, ran } = machine(here, answers)
  expect(await install(order(), ports, quiet)).toMatchObject({ changed: true, previous: '0.1.0' })
  expect(ran).toContain('systemctl restart bzzz.service')
  const failing = machine(here, { ...answers, 'systemctl show --property NRestarts': { stdout: '2\n' } }, [null])
  await expect(install(order(), failing.ports, quiet)).rejects.toMatchObject({ code: 'not-healthy' })
  expect(failing.ran).toContain('ln -s 0.1.0 /opt/bzzz/current.partial')
})

test('another build of a version that is there gets a folder of its own', async () => {
  const here = { files: { ...older.files, '/opt/bzzz/0.2.0/bzzz': '', 'link:/opt/bzzz/current': '0.2.0' } }
  const { ports } = machine(here, { ...running, 'sha256sum /opt/bzzz/0.2.0/bzzz': { stdout: 'ff'.repeat(32) } })
  const done = await install(order(), ports, quiet)
  expect([done.paths.program, done.previous]).toEqual(['/opt/bzzz/0.2.0-abababab/bzzz', '0.2.0'])
})

test('a version that falls over again and again gives way to the one before, and its last words are told', async () => {
  const answers = { 'systemctl show': { stdout: '2\n' }, journalctl: { stdout: 'the cable is blue\n' } }
  const { ports, ran } = machine(older, answers, [null])
  await expect(install(order(), ports, quiet)).rejects.toMatchObject({
    code: 'not-healthy',
    message: 'bzzz 0.2.0 does not start. It said: the cable is blue 0.1.0 is back in use.',
  })
  const back = ran.slice(ran.findIndex((line) => line.startsWith('systemctl stop')))
  expect(back).toContain('ln -s 0.1.0 /opt/bzzz/current.partial')
  expect(back.at(-1)).toBe('rm -rf -- /opt/bzzz/0.2.0')
  expect(back).toContain('systemctl restart bzzz.service')
})

test('an answer of the old version is not taken for one of the new', async () => {
  const { ports } = machine(older, running, ['0.1.0'])
  await expect(install(order(), ports, quiet)).rejects.toMatchObject({ code: 'not-healthy' })
})

test('a first installation that does not start is taken away again, its configuration is not', async () => {
  const { ports, ran } = machine(bare, notYet, [null])
  await expect(install(order(), ports, quiet)).rejects.toMatchObject({ code: 'not-healthy' })
  expect(ran).toContain('rm -rf -- /opt/bzzz/0.2.0')
  expect(ran.some((line) => line.startsWith('rm') && line.includes('/etc/bzzz'))).toBe(false)
})

test('a copy that differs stops everything before anything is switched', async () => {
  const { ports, ran } = machine(older, { ...running, 'sha256sum -c': { code: 1, stderr: 'bzzz: FAILED' } })
  await expect(install(order(), ports, quiet)).rejects.toMatchObject({ code: 'step-failed' })
  expect(ran.some((line) => /^(ln|systemctl (restart|stop))/.test(line))).toBe(false)
})

const taken: Finding = { check: 'ports', level: 'fail', message: 'Port 8080 is taken by nginx (process 8).', remedy: 'stop it' }
test.each<[string, string, Pretended, Answers, Partial<InstallOrder>]>([
  ['a foreign command', 'in-the-way', { files: { ...bare.files, '/usr/local/bin/bzzz': 'x' } }, notYet, {}],
  ['a link of somebody else', 'in-the-way', { files: { ...bare.files, 'link:/usr/local/bin/bzzz': '/x' } }, notYet, {}],
  ['a folder that cannot be written', 'not-writable', bare, { ...notYet, 'test -w /opt': { code: 1 } }, {}],
  ['too little space', 'no-space', { ...bare, spaces: { '/opt': { totalBytes: 9e9, freeBytes: 60_000_000 } } }, notYet, {}],
  ['a taken port', 'port-taken', bare, notYet, { findings: [taken] }],
  [
    'a node of the machine, for a user',
    'already-installed',
    older,
    running,
    { layout: layoutFor({ uid: 1000, home: '/home/ana', env: {} }) },
  ],
])('%s is found before anything is changed', async (_, code, pretended, answers, more) => {
  const { ports, ran } = machine(pretended, answers)
  await expect(install(order(more), ports, quiet)).rejects.toMatchObject({ code })
  expect(ran.filter((line) => !/^(systemctl|id|test|sha256sum) /.test(line))).toEqual([])
})

test('without systemd it places everything and says how to start the node', async () => {
  const { ports, ran } = machine({ files: { '/etc/group': '', '/opt/x': '' } }, notYet)
  const done = await install(order(), ports, quiet)
  expect(done.node).toBeNull()
  expect(done.remarks.at(-1)).toContain("XDG_CONFIG_HOME='/etc' XDG_DATA_HOME='/var/lib' exec '/opt/bzzz/current/bzzz' run")
  expect(ran.filter((line) => line.startsWith('systemctl'))).toEqual([])
})

test('the plan is a script with its way back as comments, and printing it runs nothing', async () => {
  const { ports, ran } = machine(older, running)
  const { plan } = await prepareInstall(order(), ports)
  const before = ran.length
  const lines: string[] = []
  await printInstall(plan, (line) => lines.push(line))
  expect(ran.length).toBe(before)
  const text = lines.join('\n')
  expect(text).toContain('install -m 0755 /root/bzzz /opt/bzzz/.partial-0.2.0/bzzz')
  expect(text).toContain('#   ln -s 0.1.0 /opt/bzzz/current.partial')
  expect(Bun.spawnSync(['sh', '-n', '-c', text]).exitCode).toBe(0)
})
