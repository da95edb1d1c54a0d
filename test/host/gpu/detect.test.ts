import { describe, expect, test } from 'bun:test'
import { detectGpus } from '../../../src/host/gpu/index.ts'
import { captured, capturedFiles } from '../../support/captured-host.ts'
import { type Pretended, pretendMachine } from '../../support/pretend-machine.ts'

const gib = 2 ** 30
const memory = { totalBytes: 62 * gib, freeBytes: 40 * gib }
const see = async (pretended: Pretended) => (await detectGpus(pretendMachine(pretended), memory)).seen

const names = { '/usr/share/libdrm/amdgpu.ids': captured('amdgpu.ids'), '/usr/share/misc/pci.ids': captured('pci.ids') }

describe('AMD', () => {
  test('an APU with a small part set aside counts the memory it may borrow, and no more than is free', async () => {
    const { gpus } = await see({ files: { ...names, ...capturedFiles('sysfs-strix-halo.json') } })
    expect(gpus).toEqual([
      {
        vendor: 'amd',
        model: 'AMD Radeon 8060S Graphics',
        vramTotalBytes: 103079215104,
        vramFreeBytes: 40 * gib,
        driver: 'amdgpu',
        unified: true,
        busyPercent: 2,
      },
    ])
  })

  test('an APU with a large part set aside counts that part', async () => {
    const { gpus } = await see({ files: { ...names, ...capturedFiles('sysfs-strix-halo-carveout.json') } })
    expect(gpus[0]).toMatchObject({ vramTotalBytes: 96 * gib, vramFreeBytes: 103079215104 - 35218731008, unified: true, busyPercent: 88 })
  })

  test('an old card is a card, although it may borrow as much as it has', async () => {
    const { gpus } = await see({ files: { ...names, ...capturedFiles('sysfs-rx570.json') } })
    expect(gpus[0]).toMatchObject({ model: 'Radeon RX 470/480/570/570X/580/580X/590', vramTotalBytes: 4 * gib, unified: false })
  })

  test('a card beside processor graphics: both, in order, outputs and render nodes are no cards, a sleeping one is left asleep', async () => {
    const { gpus } = await see({ files: { ...names, ...capturedFiles('sysfs-7900xtx-and-raphael.json') } })
    expect(gpus.map(({ model, unified, busyPercent }) => [model, unified, busyPercent])).toEqual([
      ['AMD Radeon RX 7900 XTX', false, 0],
      ['AMD Radeon Graphics', true, 0],
    ])
  })

  test('names come from rocm-smi where no table has them, matched by slot', async () => {
    const machine = pretendMachine({
      files: capturedFiles('sysfs-strix-halo.json'),
      commands: { 'rocm-smi': { stdout: captured('rocm-7-strix-halo.txt') } },
    })
    const { seen, refresh } = await detectGpus(machine, memory)
    expect(seen.gpus[0]).toMatchObject({ model: 'AMD Radeon 8060S Graphics', driver: '6.14.14', vramTotalBytes: 103079215104 })
    machine.ran.length = 0
    await refresh(memory)
    expect(machine.ran).toEqual([])
  })

  test('in a container without sysfs what rocm-smi says is all there is', async () => {
    const { gpus } = await see({ commands: { 'rocm-smi': { stdout: captured('rocm-5-mi250.json') } } })
    expect(gpus).toHaveLength(2)
    expect(gpus[0]).toMatchObject({ vramTotalBytes: 68702699520, vramFreeBytes: 68702699520 - 51527024640, unified: false })
  })
})

describe('Intel', () => {
  test.each([
    ['sysfs-arc-b580-xe.json', { model: 'Arc B580', vramTotalBytes: 12 * gib, vramFreeBytes: null, driver: 'xe', unified: false }],
    [
      'sysfs-arc-a750-i915.json',
      { model: 'Arc A750', vramTotalBytes: 8522825728, vramFreeBytes: 8490745856, driver: 'i915', unified: false },
    ],
    ['sysfs-intel-uhd.json', { model: 'UHD Graphics 630', vramTotalBytes: null, vramFreeBytes: null, driver: 'i915', unified: true }],
  ])('%s', async (name, gpu) => {
    const { gpus, problems } = await see({ files: { ...names, ...capturedFiles(name) } })
    expect(gpus).toEqual([{ vendor: 'intel', busyPercent: null, ...gpu }])
    expect(problems).toEqual([])
  })
})

describe('Apple', () => {
  test.each([
    ['apple-m1.json', 16, 'Apple M1', (16 * gib * 2) / 3],
    ['apple-m3-max.json', 64, 'Apple M3 Max', 48 * gib],
  ])('%s with %d GiB', async (name, size, model, usable) => {
    const machine = pretendMachine({
      platform: 'darwin',
      commands: { system_profiler: { stdout: captured(name) }, sysctl: { stdout: '0\n' } },
    })
    const { seen } = await detectGpus(machine, { totalBytes: size * gib, freeBytes: 4 * gib })
    expect(seen.gpus).toEqual([
      {
        vendor: 'apple',
        model,
        vramTotalBytes: Math.floor(usable),
        vramFreeBytes: 4 * gib,
        driver: null,
        unified: true,
        busyPercent: null,
      },
    ])
  })

  test('a raised wired limit counts', async () => {
    const machine = pretendMachine({
      platform: 'darwin',
      commands: { system_profiler: { stdout: captured('apple-m3-max.json') }, sysctl: { stdout: '57344\n' } },
    })
    expect((await detectGpus(machine, { totalBytes: 64 * gib, freeBytes: gib })).seen.gpus[0]?.vramTotalBytes).toBe(56 * gib)
  })

  test.each(['apple-intel-mac.json', 'rocm-no-json.txt'])('%s has no GPU that Ollama uses', async (name) => {
    expect(await see({ platform: 'darwin', commands: { system_profiler: { stdout: captured(name) } } })).toEqual({ gpus: [], problems: [] })
  })
})

describe('NVIDIA', () => {
  test('a card without a driver is named with its slot; sound devices, cards of virtual machines and server consoles are not', async () => {
    const { gpus, problems } = await see({ files: capturedFiles('sysfs-nvidia-no-driver.json') })
    expect(gpus).toEqual([])
    expect(problems.map(({ message }) => message)).toEqual(['The NVIDIA GPU at 0000:01:00.0 has no driver, so it is not counted.'])
  })

  test('nouveau does not compute', async () => {
    const { problems } = await see({ files: capturedFiles('sysfs-nouveau.json') })
    expect(problems[0]?.message).toBe('The NVIDIA GPU at 0000:01:00.0 is driven by nouveau, which cannot compute, so it is not counted.')
  })

  test('a driver that says what is wrong is believed rather than the bus', async () => {
    const { problems } = await see({
      files: capturedFiles('sysfs-nvidia-no-driver.json'),
      commands: { 'nvidia-smi': { code: 9, stdout: captured('nvidia-no-driver.txt') } },
    })
    expect(problems.map(({ code }) => code)).toEqual(['driver-silent'])
  })

  test('when nvidia-smi hangs, the card stays on the list without numbers', async () => {
    const { gpus, problems } = await see({
      files: {
        '/proc/driver/nvidia/version': captured('nvidia-proc-version.txt'),
        '/proc/driver/nvidia/gpus/0000:01:00.0/information': 'Model: \t\t NVIDIA GeForce RTX 3090\nIRQ:   \t\t 142\n',
      },
      commands: { 'nvidia-smi': { code: null, problem: 'timed-out' } },
    })
    expect(gpus).toEqual([
      {
        vendor: 'nvidia',
        model: 'GeForce RTX 3090',
        vramTotalBytes: null,
        vramFreeBytes: null,
        driver: '515.65.01',
        unified: false,
        busyPercent: null,
      },
    ])
    expect(problems[0]?.code).toBe('no-answer')
  })

  test('is looked at again with one nvidia-smi, a machine without GPUs with nothing', async () => {
    const machine = pretendMachine({ commands: { 'nvidia-smi': { stdout: captured('nvidia-450-v100.csv') } } })
    const { refresh } = await detectGpus(machine, memory)
    machine.ran.length = 0
    expect((await refresh(memory)).gpus).toHaveLength(1)
    expect(machine.ran).toHaveLength(1)
    const bare = pretendMachine({})
    const again = (await detectGpus(bare, memory)).refresh
    bare.ran.length = 0
    await again(memory)
    expect(bare.ran).toEqual([])
  })
})
