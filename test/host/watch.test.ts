import { describe, expect, test } from 'bun:test'
import type { Clock } from '../../src/base/index.ts'
import { watchHost } from '../../src/host/watch.ts'
import { captured } from '../support/captured-host.ts'
import { type Pretended, pretendMachine } from '../support/pretend-machine.ts'

/** A clock that is moved by hand; `pass` lets everything that fell due finish. */
const handClock = () => {
  let now = 0
  let due: { atMs: number; act: () => void }[] = []
  const clock: Clock = {
    nowMs: () => now,
    wallMs: () => now,
    after: (delayMs, act) => {
      const timer = { atMs: now + delayMs, act }
      due.push(timer)
      return () => {
        due = due.filter((other) => other !== timer)
      }
    },
    soon: (act) => act(),
  }
  const pass = async (ms: number) => {
    const endMs = now + ms
    for (;;) {
      const next = due.filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs)[0]
      if (next === undefined) break
      now = next.atMs
      due = due.filter((other) => other !== next)
      next.act()
      await new Promise((resolve) => setImmediate(resolve))
      for (let turn = 0; turn < 50; turn += 1) await Promise.resolve()
    }
    now = endMs
  }
  return { clock, pass, waiting: () => due.length }
}

const stat = (busy: number, idle: number) => `cpu  ${busy} 0 0 ${idle} 0 0 0 0 0 0\n`
const meminfo = (free: number) => `MemTotal:  1000 kB\nMemAvailable:  ${free} kB\n`

const changing = (commands: Pretended['commands'] = {}) => {
  const files: Record<string, string> = {
    '/proc/stat': stat(100, 100),
    '/proc/meminfo': meminfo(500),
    '/proc/self/mounts': '/dev/sda1 / ext4 rw 0 0\n',
  }
  const machine = pretendMachine({ files, commands, spaces: { '/': { totalBytes: 1_000, freeBytes: 400 } } })
  return { files, machine }
}

describe('a watched machine', () => {
  test('shows new numbers every 2 s, and load from the second look on', async () => {
    const { clock, pass } = handClock()
    const { files, machine } = changing()
    await using watch = await watchHost({ ...machine, dataFolder: '/data', clock })
    expect(watch.current()).toMatchObject({
      cpu: { busyPercent: null },
      memory: { freeBytes: 500 * 1024 },
      disks: [{ mount: '/', freeBytes: 400 }],
    })
    const heard: (number | null)[] = []
    const stop = watch.onLooked(({ cpu }) => heard.push(cpu.busyPercent))
    files['/proc/stat'] = stat(125, 175)
    files['/proc/meminfo'] = meminfo(300)
    await pass(2_000)
    expect(watch.current()).toMatchObject({ cpu: { busyPercent: 25 }, memory: { freeBytes: 300 * 1024 } })
    stop()
    await pass(2_000)
    expect(heard).toEqual([25])
  })

  test('keeps the last numbers when a look fails: 0 would say "full"', async () => {
    const { clock, pass } = handClock()
    const { files, machine } = changing()
    await using watch = await watchHost({ ...machine, dataFolder: '/data', clock })
    files['/proc/meminfo'] = 'garbage'
    await pass(2_000)
    expect(watch.current().memory.freeBytes).toBe(500 * 1024)
  })

  test('starts nvidia-smi every 10 s at most', async () => {
    const { clock, pass } = handClock()
    const { machine } = changing({ 'nvidia-smi': { stdout: captured('nvidia-450-v100.csv') } })
    await using watch = await watchHost({ ...machine, dataFolder: '/data', clock })
    expect(watch.current().gpus).toHaveLength(1)
    machine.ran.length = 0
    await pass(30_000)
    expect(machine.ran.length).toBe(3)
  })

  test('without a GPU starts no program at all', async () => {
    const { clock, pass } = handClock()
    const { machine } = changing()
    await using _watch = await watchHost({ ...machine, dataFolder: '/data', clock })
    machine.ran.length = 0
    await pass(60_000)
    expect(machine.ran).toEqual([])
  })

  test('is not looked at any more once disposed', async () => {
    const { clock, pass, waiting } = handClock()
    const { machine } = changing()
    const watch = await watchHost({ ...machine, dataFolder: '/data', clock })
    await pass(2_000)
    await watch[Symbol.asyncDispose]()
    expect(waiting()).toBe(0)
  })
})
