import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { showDisk, showMemory } from '../../src/host/amounts.ts'
import { busyPercent, detectCpu, parseCpuInfo, parseCpuTimes, parseLscpuModel } from '../../src/host/cpu.ts'
import { chooseMounts, measureDisks, parseMounts } from '../../src/host/disks.ts'
import { withinLimits } from '../../src/host/limits.ts'
import { parseMemory } from '../../src/host/memory.ts'
import { detectLibc, detectSystem, parseOsName } from '../../src/host/operating-system.ts'
import { captured } from '../support/captured-host.ts'
import { pretendMachine } from '../support/pretend-machine.ts'

describe('the processor', () => {
  test('names itself in /proc/cpuinfo', () => {
    expect(parseCpuInfo(captured('cpuinfo-epyc.txt'))).toMatchObject({ model: 'AMD EPYC', cores: 2 })
    expect(parseCpuInfo(captured('cpuinfo-epyc.txt')).flags.has('avx2')).toBeTrue()
    expect(parseCpuInfo(captured('cpuinfo-i7-920.txt'))).toMatchObject({ model: 'Intel Core i7', cores: 2 })
  })

  test('of a Raspberry Pi is named by its board', async () => {
    const machine = pretendMachine({
      files: { '/proc/cpuinfo': captured('cpuinfo-pi5.txt'), '/proc/device-tree/model': 'Raspberry Pi 5 Model B Rev 1.1\0' },
    })
    expect(await detectCpu(machine)).toEqual({ model: 'Raspberry Pi 5 Model B Rev 1.1', cores: 4 })
    expect(machine.ran).toEqual([])
  })

  test('of an Arm server without a device tree is named by lscpu, both kinds of cores', () => {
    expect(parseLscpuModel(captured('lscpu-big-little.txt'))).toBe('Cortex-X925 + Cortex-A725')
  })

  test('that nobody names is unknown, with at least one core', async () => {
    expect(await detectCpu(pretendMachine({}))).toEqual({ model: 'unknown processor', cores: 1 })
  })

  test('is as busy as its counters moved; waiting for a disk is not busy', () => {
    const before = parseCpuTimes('cpu  100 0 100 800 0 0 0 0 0 0\ncpu0 …')
    expect(busyPercent(before, parseCpuTimes('cpu  150 0 150 1200 100 0 0 0 0 0'))).toBe(16.7)
    expect(busyPercent(before, before)).toBeNull()
    expect(busyPercent(null, before)).toBeNull()
    expect(parseCpuTimes(captured('stat-6.18.txt'))).not.toBeNull()
  })

  test('is never more than all of it nor less than none, whatever the counters do', () => {
    const times = fc.record({ busy: fc.double(), total: fc.double() })
    fc.assert(
      fc.property(times, times, (before, after) => {
        const busy = busyPercent(before, after)
        if (busy !== null && !Number.isNaN(busy)) expect(busy >= 0 && busy <= 100).toBeTrue()
      }),
    )
  })
})

describe('memory', () => {
  test('that is free is what programs may still take', () => {
    expect(parseMemory(captured('meminfo-6.18.txt'))).toEqual({ totalBytes: 24684092 * 1024, freeBytes: 23169348 * 1024 })
  })

  test('of kernels without MemAvailable is added up', () => {
    expect(parseMemory('MemTotal:  1000 kB\nMemFree:  100 kB\nBuffers:  10 kB\nCached:  200 kB\n')?.freeBytes).toBe(310 * 1024)
  })

  test('is unknown where /proc/meminfo is not one', () => expect(parseMemory('nonsense')).toBeNull())
})

describe('disks', () => {
  const mounts = parseMounts(captured('mounts-workstation.txt'))
  const folders = (dataFolder: string) => chooseMounts(mounts, dataFolder).map(({ folder }) => folder)

  test('are local ones, each device and pool once; no boot partitions, images, memory, network or container layers', () => {
    expect(folders('/var/lib/bzzz')).toEqual(['/', '/srv', '/tank/data', '/mnt/big disk'])
  })

  test('begin with the one that holds the data folder', () => {
    expect(folders('/srv/models/bzzz')[0]).toBe('/srv/models')
    expect(folders('/srv/models/bzzz')).not.toContain('/srv')
    expect(folders('/mnt/big disk/bzzz')[0]).toBe('/mnt/big disk')
  })

  test('begin with the one that holds the data folder even if it is a network share', () => {
    expect(folders('/mnt/nas/bzzz')).toEqual(['/mnt/nas', '/', '/srv', '/tank/data', '/mnt/big disk'])
  })

  test('do not mistake a folder for one whose name begins the same', () => expect(folders('/srvother')[0]).toBe('/'))

  test('that do not answer are left out', async () => {
    const { files } = pretendMachine({ spaces: { '/': { totalBytes: 100, freeBytes: 10 } } })
    expect(await measureDisks(files, ['/', '/mnt/nas'])).toEqual([{ mount: '/', totalBytes: 100, freeBytes: 10 }])
  })
})

describe('the system', () => {
  test.each([
    ['PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nNAME="Debian GNU/Linux"\n', 'Debian GNU/Linux 12 (bookworm)'],
    ["NAME='Void'\nID=void\n", 'Void'],
    ['NAME="Alpine Linux"\nVERSION_ID=3.20.1\n', 'Alpine Linux 3.20.1'],
    ['', null],
  ])('%j is %j', (text, name) => expect(parseOsName(text)).toBe(name))

  test.each([
    ['the library that is loaded', { '/proc/self/maps': '7f00-7f01 r-xp 0 fe:00 12 /usr/lib/x86_64-linux-gnu/libc.so.6\n' }, 'glibc'],
    ['the loader of musl', { '/proc/self/maps': '7f00-7f01 r-xp 0 fe:00 12 /lib/ld-musl-x86_64.so.1\n' }, 'musl'],
    ['the loader that is installed', { '/lib/ld-musl-aarch64.so.1': '' }, 'musl'],
    ['glibc beside musl', { '/lib/ld-musl-x86_64.so.1': '', '/lib64/ld-linux-x86-64.so.2': '' }, 'glibc'],
    ['nothing', {}, null],
  ] as const)('has the C library of %s', async (_, files, libc) => {
    expect(await detectLibc(pretendMachine({ files }).files)).toBe(libc)
  })

  test('is named even where nothing is known of it', async () => {
    expect(await detectSystem(pretendMachine({ arch: 'arm64' }))).toEqual({
      platform: 'linux',
      name: 'Linux',
      kernel: 'unknown',
      arch: 'arm64',
      libc: null,
    })
  })
})

test('amounts are shown as pages show them', () => {
  expect(showMemory(24684092 * 1024)).toBe('23.5 GiB')
  expect([showDisk(3.8e12), showDisk(117e9), showDisk(98.6e6)]).toEqual(['3.8 TB', '117 GB', '99 MB'])
})

test('what a machine says of itself is cut to what others take', () => {
  const long = 'x'.repeat(5_000)
  const cut = withinLimits({
    os: { platform: 'linux', name: long, kernel: long, arch: 'x64', libc: null },
    cpu: { model: long, cores: 1, busyPercent: null },
    memory: { totalBytes: 1, freeBytes: 1 },
    disks: Array.from({ length: 40 }, () => ({ mount: long, totalBytes: 1, freeBytes: 1 })),
    gpus: [{ vendor: 'amd', model: long, vramTotalBytes: null, vramFreeBytes: null, driver: long, unified: false, busyPercent: null }],
    ollama: { running: true, version: long, store: long, warning: long },
  })
  expect([cut.os.name.length, cut.cpu.model.length, cut.disks.length, cut.gpus[0]?.driver?.length, cut.ollama?.warning?.length]).toEqual([
    128, 128, 16, 64, 512,
  ])
})
