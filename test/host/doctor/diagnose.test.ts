import { describe, expect, test } from 'bun:test'
import { diagnoseMachine } from '../../../src/host/doctor/index.ts'
import type { DoctorOptions } from '../../../src/host/doctor/options.ts'
import type { Finding } from '../../../src/host/types.ts'
import { captured, capturedFiles } from '../../support/captured-host.ts'
import { type Pretended, pretendMachine } from '../../support/pretend-machine.ts'

/** A machine with which everything is well. */
const well = {
  files: {
    '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    '/proc/sys/kernel/osrelease': '6.1.0-28-amd64\n',
    '/proc/self/maps': '/usr/lib/x86_64-linux-gnu/libc.so.6\n',
    '/proc/cpuinfo': captured('cpuinfo-epyc.txt'),
    '/proc/meminfo': captured('meminfo-6.18.txt'),
    '/proc/self/mounts': '/dev/sda1 / ext4 rw 0 0\n',
    '/proc/self/limits':
      'Limit                     Soft Limit           Hard Limit           Units     \nMax open files            65536                65536                files     \n',
    '/proc/net/tcp': '',
    '/proc/net/tcp6': '',
    '/run/systemd/system/x': '',
    '/usr/share/ollama/.ollama/models/manifests/x': '',
  },
  facts: { '/var/lib/bzzz': { kind: 'folder', mode: 0o700, uid: 997 } },
  spaces: { '/': { totalBytes: 1e12, freeBytes: 6e11 } },
  commands: {
    'getconf GNU_LIBC_VERSION': { stdout: 'glibc 2.36\n' },
    'systemctl --version': { stdout: 'systemd 252 (252.39-1~deb12u1)\n+PAM +AUDIT\n' },
    'timedatectl show': { stdout: 'NTP=yes\nNTPSynchronized=yes\n' },
    'nvidia-smi': { stdout: captured('nvidia-520-four.csv') },
  },
  answers: {
    'http://127.0.0.1:11434/api/version': { status: 200, body: '{"version":"0.30.1"}' },
    'http://127.0.0.1:11434/api/tags': { status: 200, body: '{"models":[{}]}' },
  },
} satisfies Pretended

const diagnose = (changes: Pretended = {}, options: Partial<DoctorOptions> = {}): Promise<readonly Finding[]> =>
  diagnoseMachine({
    ...pretendMachine({
      ...well,
      ...changes,
      files: { ...well.files, ...changes.files },
      facts: { ...well.facts, ...changes.facts },
      spaces: { ...well.spaces, ...changes.spaces },
      commands: { ...well.commands, ...changes.commands },
    }),
    dataFolder: '/var/lib/bzzz',
    ...options,
  })

const amiss = async (changes: Pretended, options: Partial<DoctorOptions> = {}) =>
  (await diagnose(changes, options)).filter(({ level }) => level !== 'ok')

describe('a machine with which everything is well', () => {
  test('has nothing to mend, and says what it has in whole sentences', async () => {
    const findings = await diagnose()
    expect(findings.filter(({ level }) => level !== 'ok')).toEqual([])
    expect(findings.slice(0, 9).map(({ check, message }) => `${check}: ${message}`)).toEqual([
      'os: Debian GNU/Linux 12 (bookworm).',
      'arch: x64 (x86-64).',
      'libc: glibc 2.36.',
      'kernel: Linux 6.1.0-28-amd64.',
      'cpu: AMD EPYC, 2 cores, AVX2.',
      'memory: 22.1 GiB of 23.5 GiB free.',
      'disk: 600 GB of 1.0 TB free on /, which holds /var/lib/bzzz.',
      'gpu: NVIDIA GeForce RTX 2080 Ti: 11.0 GiB VRAM, 10.7 GiB free, driver 520.61.05.',
      'gpu: NVIDIA GeForce RTX 2080 Ti: 11.0 GiB VRAM, 3.9 GiB free, driver 520.61.05.',
    ])
    expect(findings.at(-1)?.message).toBe('Up to 65536 at once.')
    for (const { message } of findings) expect(message).toMatch(/^[^!]+\.$/)
  })

  test('looks at each thing the issue names', async () => {
    const checks = new Set((await diagnose()).map(({ check }) => check))
    expect([...checks]).toEqual([
      'os',
      'arch',
      'libc',
      'kernel',
      'cpu',
      'memory',
      'disk',
      'gpu',
      'ports',
      'systemd',
      'clock',
      'ollama',
      'ollama store',
      'files',
      'open files',
    ])
  })
})

const limits = (soft: string, hard: string) => ({
  '/proc/self/limits': `Max open files            ${soft}                ${hard}                files     \n`,
})
const chrony = (changes: (text: string) => string) => ({
  timedatectl: { code: 1, stdout: '' },
  'timedatectl show': { code: 1, stdout: '' },
  chronyc: { stdout: changes(captured('chronyc-tracking.txt')) },
})

describe('what is amiss is named with its remedy:', () => {
  test.each([
    ['an architecture without executable', { arch: 'riscv64' }, 'arch', 'fail', 'bzzz has no executable for riscv64.'],
    [
      'a glibc that is too old',
      { commands: { 'getconf GNU_LIBC_VERSION': { stdout: 'glibc 2.12\n' } } },
      'libc',
      'fail',
      'glibc 2.12 is older than 2.17',
    ],
    [
      'an old kernel',
      { files: { '/proc/sys/kernel/osrelease': '4.19.0-27-amd64\n' } },
      'kernel',
      'warn',
      'Linux 4.19.0-27-amd64 is older than 5.1',
    ],
    [
      'a processor without AVX2',
      { files: { '/proc/cpuinfo': captured('cpuinfo-i7-920.txt') } },
      'cpu',
      'warn',
      'Intel Core i7, 2 cores: no AVX2',
    ],
    [
      'little memory',
      { files: { '/proc/meminfo': 'MemTotal: 8000000 kB\nMemAvailable: 600000 kB\n' } },
      'memory',
      'warn',
      'Memory is low: 0.6 GiB of 7.6 GiB free.',
    ],
    ['no memory', { files: { '/proc/meminfo': 'MemTotal: 8000000 kB\nMemAvailable: 60000 kB\n' } }, 'memory', 'fail', 'Memory is short'],
    [
      'a disk nearly full',
      { spaces: { '/': { totalBytes: 117e9, freeBytes: 10e9 } } },
      'disk',
      'warn',
      'The disk is nearly full: 10 GB of 117 GB free',
    ],
    ['a full disk', { spaces: { '/': { totalBytes: 117e9, freeBytes: 4e8 } } }, 'disk', 'fail', 'The disk is full: 400 MB of 117 GB free'],
    [
      'a GPU whose driver is silent',
      { commands: { 'nvidia-smi': { code: 9, stdout: captured('nvidia-no-driver.txt') } } },
      'gpu',
      'warn',
      'The NVIDIA driver does not answer nvidia-smi',
    ],
    [
      'systemd too old for the hardening',
      { commands: { 'systemctl --version': { stdout: 'systemd 237\n' } } },
      'systemd',
      'warn',
      'systemd 237 is older than 247',
    ],
    [
      'a clock nobody keeps',
      { commands: { 'timedatectl show': { stdout: 'NTP=no\nNTPSynchronized=no\n' } } },
      'clock',
      'warn',
      'Nothing keeps the clock right.',
    ],
    [
      'a clock not set yet',
      { commands: { 'timedatectl show': { stdout: 'NTP=yes\nNTPSynchronized=no\n' } } },
      'clock',
      'warn',
      'The clock is not set over the network yet.',
    ],
    [
      'a clock nothing is known of',
      { commands: { 'timedatectl show': { code: 1, stdout: '' } } },
      'clock',
      'warn',
      'Whether something keeps the clock right is not known.',
    ],
    [
      'chrony without a server',
      { commands: chrony((text) => text.replace('Normal', 'Not synchronised')) },
      'clock',
      'warn',
      'chrony follows no time server.',
    ],
    [
      'a clock that is off',
      { commands: chrony((text) => text.replace('0.000052616', '31.5')) },
      'clock',
      'warn',
      'The clock is off by 31.5 s.',
    ],
    [
      'a data folder others can open',
      { facts: { '/var/lib/bzzz': { kind: 'folder', mode: 0o755, uid: 997 } } },
      'files',
      'fail',
      'Other users may open the folder /var/lib/bzzz (mode 755).',
    ],
    [
      'keys others can read',
      { facts: { '/var/lib/bzzz/identity.json': { kind: 'file', mode: 0o640, uid: 997 } } },
      'files',
      'fail',
      'Other users may open the file /var/lib/bzzz/identity.json (mode 640).',
    ],
    [
      'a file where the data folder should be',
      { facts: { '/var/lib/bzzz': { kind: 'file', mode: 0o600, uid: 0 } } },
      'files',
      'fail',
      '/var/lib/bzzz is not a folder.',
    ],
    ['few open files', { files: limits('1024', '524288') }, 'open files', 'warn', 'Only 1024 files and connections may be open at once'],
  ] as [string, Pretended, string, Finding['level'], string][])('%s', async (_, changes, check, level, message) => {
    const [finding, ...more] = await amiss(changes)
    expect(more).toEqual([])
    expect(finding).toMatchObject({ check, level })
    expect(finding?.message).toStartWith(message)
    expect(finding?.remedy).toBeString()
  })

  test('no systemd', async () => {
    const { '/run/systemd/system/x': _, ...files } = well.files
    const found = await diagnoseMachine({ ...pretendMachine({ ...well, files }), dataFolder: '/var/lib/bzzz' })
    expect(found.find(({ check }) => check === 'systemd')).toMatchObject({ level: 'warn', remedy: 'start it by hand: bzzz run' })
  })

  test('Ollama with a known hole, open to the network, as two findings', async () => {
    const found = await amiss({
      answers: { ...well.answers, 'http://127.0.0.1:11434/api/version': { status: 200, body: '{"version":"0.12.3"}' } },
      files: { '/proc/net/tcp': captured('net-tcp.txt').replace('0100007F:2CAA', '00000000:2CAA').replace(':1F90', ':1111') },
    })
    expect(found.map(({ check, level }) => [check, level])).toEqual([
      ['ollama', 'fail'],
      ['ollama', 'warn'],
    ])
  })
})

describe('ports', () => {
  const taken = {
    '/proc/net/tcp': captured('net-tcp.txt'),
    '/etc/passwd': 'www-data:x:33:33::/var/www:/usr/sbin/nologin\n',
  }

  test('taken by a program are named with it', async () => {
    const found = await amiss({ files: { ...taken, '/proc/812/comm': 'nginx\n', 'link:/proc/812/fd/6': 'socket:[20480]' } })
    expect(found).toEqual([
      {
        check: 'ports',
        level: 'fail',
        message: 'Port 8080, meant for the web page, is taken by nginx (process 812).',
        remedy: 'stop it (sudo kill 812), or set another web.port in the configuration',
      },
    ])
  })

  test('taken by somebody else are named with the user', async () => {
    const [finding] = await amiss({ files: taken }, { uid: 1000 })
    expect(finding?.message).toBe('Port 8080, meant for the web page, is taken by a process of www-data.')
    expect(finding?.remedy).toStartWith("sudo ss -ltnp 'sport = :8080'")
  })

  test('that bzzz itself uses are as they should be', async () => {
    const files = { ...taken, '/proc/812/comm': 'bzzz\n', 'link:/proc/812/fd/6': 'socket:[20480]' }
    expect(await amiss({ files })).toEqual([])
    expect((await diagnose({ files })).map(({ message }) => message)).toContain(
      '8080 is in use by bzzz itself (process 812), for the web page.',
    )
  })

  test('that bzzz uses, run from its source or under a longer name, are told from those of other programs of Bun', async () => {
    const as = (comm: string, cmdline: string) =>
      amiss({ files: { ...taken, '/proc/812/comm': `${comm}\n`, '/proc/812/cmdline': cmdline, 'link:/proc/812/fd/6': 'socket:[20480]' } })
    expect(await as('bzzz-linux-x64', './bzzz-linux-x64\0run\0')).toEqual([])
    expect(await as('bun', 'bun\0src/main.ts\0run\0')).toEqual([])
    expect(await as('bun', 'bun\0server.ts\0')).toHaveLength(1)
  })

  test('may be others than the usual', async () => {
    const found = await diagnose({}, { wantedPorts: [{ port: 9080, use: 'the web page' }] })
    expect(found.filter(({ check }) => check === 'ports').map(({ message }) => message)).toEqual(['9080 is free for the web page.'])
  })
})

test('a machine of which nothing is known is diagnosed as well', async () => {
  const bare = await diagnoseMachine({ ...pretendMachine({}), dataFolder: '/var/lib/bzzz' })
  expect(bare.length).toBeGreaterThan(10)
  for (const finding of bare) if (finding.level !== 'ok') expect(finding.remedy).toBeString()
})

test('a card without a driver shows among the GPUs', async () => {
  const { 'nvidia-smi': _, ...commands } = well.commands
  const found = await diagnoseMachine({
    ...pretendMachine({ ...well, commands, files: { ...well.files, ...capturedFiles('sysfs-nouveau.json') } }),
    dataFolder: '/var/lib/bzzz',
  })
  expect(found.filter(({ check }) => check === 'gpu')).toEqual([
    {
      check: 'gpu',
      level: 'warn',
      message: 'The NVIDIA GPU at 0000:01:00.0 is driven by nouveau, which cannot compute, so it is not counted.',
      remedy: 'sudo apt install nvidia-driver (Debian) or sudo ubuntu-drivers install (Ubuntu), then restart',
    },
  ])
})
