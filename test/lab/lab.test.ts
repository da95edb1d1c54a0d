import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { admit, found, isFormed, throwAwayKeys } from '../../src/deploy/index.ts'
import { checkHistory } from '../support/linearizability.ts'
import { type Agreement, agreement } from './agreement.ts'
import { type Machine, machine } from './machine.ts'
import { buildNetwork, deafen, dropped, heal, lose, type Place, plug, removeNetwork, slow, unplug, unslow } from './network.ts'
import { startWorkload } from './workload.ts'

/*
 * Five executables as they ship, each in a network namespace with a disk of its own, under faults that real machines have, while clients write
 * and read through the sockets. Needs root and Linux; elsewhere it says so and passes with nothing, except in CI, where it must run.
 */
const isRoot = process.platform === 'linux' && process.getuid?.() === 0
const executable = join(import.meta.dir, '../../build/out/bzzz')
const names = ['atlas', 'nova', 'vega', 'mini', 'pi'] as const
const settledWithinMs = 30_000

if (!isRoot && process.env.CI) throw new Error('The lab needs root: it makes network namespaces.')
if (!isRoot) console.log('The lab needs root on Linux (network namespaces): skipped. Run it with sudo.')

describe.skipIf(!isRoot)('five machines', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bzlab-'))
  const keys = throwAwayKeys()
  let machines: readonly Machine[] = []
  let before: Agreement

  beforeAll(async () => {
    const places = buildNetwork(names.length)
    machines = names.map((name, n) => machine(name, places[n] as Place, folder, executable)) // as many places as names
    await Promise.all(machines.map((one) => one.start()))
    const [founder, ...others] = machines
    if (founder === undefined) throw new Error('five machines')
    const genesis = await found(founder.client, 'lab', keys, Date.now())
    await eventually('the founder leads', async () => (await founder.client.view()).leader !== null)
    await admit(
      founder.client,
      others.map((one) => one.client),
      genesis,
      keys.operator.signer,
      Date.now(),
    )
    await eventually('five voters', async () => isFormed(await founder.client.view(), 5, 5))
    before = await agreement(machines, settledWithinMs)
  }, 90_000)

  afterAll(async () => {
    await Promise.all(machines.map((one) => one.remove()))
    removeNetwork()
    rmSync(folder, { recursive: true, force: true })
  })

  const leading = async (): Promise<Machine> => {
    const { leader } = await agreement(machines, settledWithinMs)
    return machineCalled(leader)
  }
  const machineCalled = (name: string): Machine => {
    const one = machines.find((candidate) => candidate.name === name)
    if (one === undefined) throw new Error(`nobody is called ${name}`)
    return one
  }
  const follower = async (): Promise<Machine> => {
    const leader = await leading()
    return machines.find((one) => one !== leader) ?? leader
  }

  /** Lets clients run through `act`, then waits for peace and judges everything they were told. */
  const under = async (name: string, act: () => Promise<void>, options: { valueBytes?: number; readsMin?: number } = {}): Promise<void> => {
    const load = startWorkload({
      name,
      clients: machines.map((one) => one.client),
      perNode: 2,
      pauseMs: 30,
      valueBytes: options.valueBytes ?? 64,
      seed: 1,
    })
    await Bun.sleep(500)
    await act()
    await Bun.sleep(1_000)
    await load.stop()
    const after = await agreement(machines, settledWithinMs)
    const known = new Map((await machineCalled(after.leader).client.list(`lab/${name}/own/`, true)).map(({ key, value }) => [key, value]))
    const lost = [...load.acknowledged].filter(([key, value]) => known.get(key) !== value).map(([key]) => key)
    expect(lost).toEqual([])
    const verdict = checkHistory(load.history)
    expect(verdict).toEqual({ kind: 'linearizable' })
    expect(load.acknowledged.size).toBeGreaterThan(10)
    const open = load.history.filter(({ answer }) => answer === null).length
    console.log(
      `${name}: ${load.history.length} operations, ${open} open, ${load.acknowledged.size} values of their own, longest silence ${Math.round(load.longestSilenceMs())} ms, leader ${after.leader} in term ${after.term}`,
    )
  }

  test('form a cluster with one leader', () => {
    expect(names).toContain(before.leader as (typeof names)[number])
  })

  test(
    'kill -9 of the leader, and its return',
    () =>
      under('kill-leader', async () => {
        const leader = await leading()
        await leader.signal('SIGKILL')
        await Bun.sleep(2_500)
        await leader.start()
        await Bun.sleep(1_500)
      }),
    90_000,
  )

  test(
    'kill -9 of all, one second apart',
    () =>
      under('kill-all', async () => {
        for (const one of machines) {
          await one.signal('SIGKILL')
          await Bun.sleep(1_000)
          await one.start()
        }
      }),
    90_000,
  )

  test(
    'a leader that stands still for 10 s and then goes on as if nothing had been',
    () =>
      under('stop', async () => {
        const leader = await leading()
        await leader.signal('SIGSTOP')
        await Bun.sleep(10_000)
        await leader.signal('SIGCONT')
        await Bun.sleep(1_500)
      }),
    90_000,
  )

  test(
    'a cable pulled at the leader',
    () =>
      under('link', async () => {
        const { place } = await leading()
        unplug(place)
        await Bun.sleep(6_000)
        plug(place)
        await Bun.sleep(3_000)
      }),
    90_000,
  )

  test.each(['sent', 'received'] as const)(
    'a leader of which nothing %s arrives',
    (direction) =>
      under(`one-way-${direction}`, async () => {
        const { place } = await leading()
        deafen(place, direction)
        await Bun.sleep(6_000)
        expect(dropped(place)).toBeGreaterThan(5)
        heal(place)
        await Bun.sleep(3_000)
      }),
    90_000,
  )

  test(
    'a third of all packets lost, everywhere',
    () =>
      under('loss', async () => {
        for (const { place } of machines) lose(place, 30)
        await Bun.sleep(10_000)
        for (const { place } of machines) {
          expect(dropped(place)).toBeGreaterThan(20)
          heal(place)
        }
        await Bun.sleep(3_000)
      }),
    120_000,
  )

  test(
    '10 Mbit links and values of 16 KB',
    () =>
      under(
        'slow',
        async () => {
          for (const { place } of machines) slow(place, '10mbit')
          await Bun.sleep(8_000)
          for (const { place } of machines) unslow(place)
          await Bun.sleep(1_000)
        },
        { valueBytes: 16_384 },
      ),
    120_000,
  )

  /** True where this machine applied nothing for half a second in which another did. */
  const standsStill = async (one: Machine): Promise<boolean> => {
    const look = () => Promise.all(machines.map((machine) => machine.client.root()))
    const earlier = await look()
    await Bun.sleep(500)
    const later = await look()
    const moved = machines.map((_, n) => (later[n]?.index ?? 0) > (earlier[n]?.index ?? 0))
    return moved.includes(true) && !moved[machines.indexOf(one)]
  }

  test.each(['leader', 'follower'] as const)(
    'the full disk of a %s',
    (which) =>
      under(
        `full-disk-${which}`,
        async () => {
          const one = which === 'leader' ? await leading() : await follower()
          one.fillDisk()
          // Its journal has some room of its own; with values of this size it is used up within seconds.
          await eventually(`${one.name} stands still while others go on`, () => standsStill(one))
          await Bun.sleep(2_000)
          one.freeDisk()
          await Bun.sleep(3_000)
        },
        { valueBytes: 50_000 },
      ),
    90_000,
  )
})

const eventually = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const until = performance.now() + settledWithinMs
  while (performance.now() < until) {
    if (await holds().catch(() => false)) return
    await Bun.sleep(50)
  }
  throw new Error(`Not within ${settledWithinMs / 1000} s: ${what}`)
}
