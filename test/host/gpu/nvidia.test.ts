import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { nvidiaQuery, parseNvidia } from '../../../src/host/gpu/nvidia.ts'
import { parseModuleVersion } from '../../../src/host/gpu/nvidia-proc.ts'
import type { Ran } from '../../../src/host/ports.ts'
import { captured } from '../../support/captured-host.ts'

const gib = 2 ** 30
const mib = 2 ** 20
const memory = { totalBytes: 122 * gib, freeBytes: 100 * gib }
const printed = (stdout: string, changes: Partial<Ran> = {}): Ran => ({ code: 0, stdout, stderr: '', problem: null, ...changes })
const read = (name: string, changes: Partial<Ran> = {}) => parseNvidia(printed(captured(name), changes), memory)

describe('nvidia-smi', () => {
  test('is asked for the seven columns that are read', () => {
    expect(nvidiaQuery).toEqual([
      '--query-gpu=index,uuid,name,memory.total,memory.free,driver_version,utilization.gpu',
      '--format=csv,noheader,nounits',
    ])
  })

  test('of four cards gives four GPUs with memory in bytes', () => {
    const { gpus, problems } = read('nvidia-520-four.csv')
    expect(problems).toEqual([])
    expect(gpus).toHaveLength(4)
    expect(gpus[1]).toEqual({
      vendor: 'nvidia',
      model: 'GeForce RTX 2080 Ti',
      vramTotalBytes: 11264 * mib,
      vramFreeBytes: 4020 * mib,
      driver: '520.61.05',
      unified: false,
      busyPercent: 99,
    })
  })

  test.each([
    ['nvidia-384-titan.csv', 3, 'GeForce GTX TITAN X', 12287],
    ['nvidia-450-v100.csv', 1, 'Tesla V100-SXM2-16GB', 16384],
    ['nvidia-580-gh200.csv', 1, 'GH200 480GB', 97871],
    ['nvidia-vgpu.csv', 1, 'H100L-2-24C', 24576],
    ['nvidia-535-mig-host.csv', 1, 'A800-SXM4-80GB', 81920],
  ])('of %s gives %d GPUs of their own memory', (name, count, model, mebibytes) => {
    const { gpus, problems } = read(name)
    expect(problems).toEqual([])
    expect(gpus).toHaveLength(count)
    expect(gpus[0]).toMatchObject({ model, vramTotalBytes: mebibytes * mib, unified: false })
  })

  test('that does not know the load says so with null, not with 0', () => {
    expect(read('nvidia-384-titan.csv').gpus.map(({ busyPercent }) => busyPercent)).toEqual([76, 0, null])
    expect(read('nvidia-535-mig-host.csv').gpus[0]?.busyPercent).toBeNull()
  })

  test('that hides the memory of a MIG card keeps the card', () => {
    expect(read('nvidia-535-mig-container.csv').gpus).toEqual([
      {
        vendor: 'nvidia',
        model: 'A100-SXM4-80GB',
        vramTotalBytes: null,
        vramFreeBytes: null,
        driver: '535.161.08',
        unified: false,
        busyPercent: null,
      },
    ])
  })

  test.each(['nvidia-580-gb10.csv', 'nvidia-560-n1x.csv'])('of a chip that shares memory (%s) gives the memory of the machine', (name) => {
    expect(read(name).gpus[0]).toMatchObject({ vramTotalBytes: memory.totalBytes, vramFreeBytes: memory.freeBytes, unified: true })
  })

  test('of a chip that shares memory says null where that of the machine is not known', () => {
    expect(parseNvidia(printed(captured('nvidia-580-gb10.csv')), null).gpus[0]).toMatchObject({ vramTotalBytes: null, unified: true })
  })

  test('with a lost card counts the others and names the lost one', () => {
    const { gpus, problems } = read('nvidia-lost.csv')
    expect(gpus).toHaveLength(1)
    expect(problems.map(({ code, message }) => [code, message])).toEqual([['lost', 'GPU 1 has fallen off the bus and is not counted.']])
  })

  test.each([
    ['nvidia-no-driver.txt', 9, 'driver-silent'],
    ['nvidia-mismatch.txt', 18, 'driver-mismatch'],
    ['nvidia-nvml-unknown.txt', 255, 'driver-silent'],
    ['nvidia-lost-handle.txt', 15, 'lost'],
    ['nvidia-unknown-handle.txt', 255, 'lost'],
  ])('that fails as in %s gives no GPU and one problem, on whichever stream it was printed', (name, code, problem) => {
    for (const ran of [printed(captured(name), { code }), printed('', { code, stderr: captured(name) })]) {
      const { gpus, problems } = parseNvidia(ran, memory)
      expect(gpus).toEqual([])
      expect(problems.map((found) => found.code) as string[]).toEqual([problem])
    }
  })

  test('names the slot of a card whose handle cannot be had', () => {
    expect(read('nvidia-unknown-handle.txt').problems[0]?.message).toBe(
      'The GPU at 0000:65:00.0 has fallen off the bus and is not counted.',
    )
  })

  test.each(['nvidia-none.txt', 'nvidia-german-shell.txt'])('that finds nothing (%s) is no problem', (name) => {
    expect(read(name)).toEqual({ gpus: [], problems: [] })
  })

  test('that is missing is no problem, one that hangs is', () => {
    expect(parseNvidia({ code: null, stdout: '', stderr: '', problem: 'missing' }, memory)).toEqual({ gpus: [], problems: [] })
    expect(parseNvidia({ code: null, stdout: '', stderr: '', problem: 'timed-out' }, memory).problems[0]?.code).toBe('no-answer')
  })

  test('cut off in the middle of a line keeps what it knows of that card', () => {
    const { gpus } = read('nvidia-truncated.csv')
    expect(gpus).toHaveLength(2)
    expect(gpus[1]).toMatchObject({ model: 'GeFo', vramTotalBytes: null, vramFreeBytes: null, driver: null })
  })

  test.each([
    ['a number with a decimal comma', '0, GPU-1, NVIDIA X, 24564,5, 100, 550.54, 0'],
    ['a name in brackets', '0, GPU-1, [N/A], 24564, 100, 550.54, 0'],
    ['no UUID', '0, x, NVIDIA X, 24564, 100, 550.54, 0'],
  ])('with %s is told as it is, not guessed', (_, line) => {
    const { gpus, problems } = parseNvidia(printed(`${line}\n`), memory)
    expect(gpus).toEqual([])
    expect(problems[0]?.code).toBe('unreadable')
  })

  test('may print whatever it likes: never a crash, never a number that is not one', () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom('[N/A]', 'GPU-1', 'NVIDIA X', '1e99', '-5', '999999999999999999999', 'NaN', '0'),
    )
    const line = fc.array(cell, { maxLength: 9 }).map((cells) => cells.join(', '))
    fc.assert(
      fc.property(fc.array(line, { maxLength: 5 }), fc.boolean(), (lines, onStderr) => {
        const text = lines.join('\n')
        for (const gpu of parseNvidia(onStderr ? printed('', { stderr: text }) : printed(text), memory).gpus) {
          for (const value of [gpu.vramTotalBytes, gpu.vramFreeBytes])
            expect(value === null || (Number.isFinite(value) && value >= 0)).toBeTrue()
          expect(gpu.busyPercent === null || (gpu.busyPercent >= 0 && gpu.busyPercent <= 100)).toBeTrue()
        }
      }),
    )
  })
})

test.each([
  ['nvidia-proc-version.txt', '515.65.01'],
  ['nvidia-proc-version-open.txt', '580.173.02'],
])('the driver of %s is %s', (name, version) => {
  expect(parseModuleVersion(captured(name))).toBe(version)
})
