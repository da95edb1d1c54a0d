import { expect, test } from 'bun:test'
import { asPeerId, type Term } from '../../src/base/index.ts'
import type { Message } from '../../src/consensus/index.ts'
import { createDice } from './dice.ts'
import { createNetwork } from './memory-wire.ts'
import { createProcess } from './process-clock.ts'
import { createSchedule } from './schedule.ts'

const [a, b] = [asPeerId('a'), asPeerId('b')]
const message = (id: number): Message => ({ kind: 'read', id, term: 1 as Term, incarnation: 1 })

const bench = () => {
  const schedule = createSchedule()
  const network = createNetwork({ schedule, dice: createDice(3) })
  const heard: number[] = []
  const lost: string[] = []
  const there = createProcess(schedule, { rate: 1, wallStartMs: 0 })
  const from = network.attach(a, (act) => act())
  const to = network.attach(b, there.deliver)
  to.wire.onHeard((_, told) => {
    if (told.kind === 'read') heard.push(told.id)
  })
  to.wire.onLost((peer) => lost.push(peer))
  return { schedule, network, from, to, heard, lost, there }
}

test('in fair weather everything arrives once', () => {
  const { schedule, from, heard } = bench()
  for (let id = 0; id < 20; id++) from.wire.send(b, message(id))
  schedule.run(100)
  expect([...heard].sort((x, y) => x - y)).toEqual(Array.from({ length: 20 }, (_, id) => id))
})

test('bad weather loses, doubles and overtakes', () => {
  const { schedule, network, from, heard } = bench()
  Object.assign(network.weather, { lossChance: 0.3, duplicateChance: 0.3, straggleChance: 0.3 })
  for (let id = 0; id < 100; id++) from.wire.send(b, message(id))
  schedule.run(1_000)
  expect(new Set(heard).size).toBeLessThan(90)
  expect(heard.length).toBeGreaterThan(new Set(heard).size)
  expect(heard).not.toEqual([...heard].sort((x, y) => x - y))
})

test('a cut works one way, and on what is under way', () => {
  const { schedule, network, from, heard } = bench()
  from.wire.send(b, message(1))
  network.cut(a, b)
  schedule.run(50)
  expect(heard).toEqual([])
  network.mend(a, b)
  network.cut(b, a)
  from.wire.send(b, message(2))
  schedule.run(100)
  expect(heard).toEqual([2])
})

test('a death is told to whoever reaches the machine, and is only silence to the others', () => {
  const { schedule, network, from, lost } = bench()
  from.detach()
  network.announceLoss(a)
  schedule.run(50)
  expect(lost).toEqual([a])
  network.cut(b, a)
  network.announceLoss(a)
  schedule.run(100)
  expect(lost).toEqual([a])
})

test('a paused process hears everything when it wakes, in order, and a dead one nothing', () => {
  const { schedule, from, heard, there } = bench()
  there.pause(500)
  for (let id = 0; id < 5; id++) schedule.after(id * 10, () => from.wire.send(b, message(id)))
  schedule.run(400)
  expect(heard).toEqual([])
  schedule.run(600)
  expect(heard).toEqual([0, 1, 2, 3, 4])
  there.kill()
  from.wire.send(b, message(9))
  schedule.run(700)
  expect(heard).toHaveLength(5)
})

test('clocks run at their own rate, and the wall clock may be set', () => {
  const schedule = createSchedule()
  const machine = { rate: 1.1, wallStartMs: 1_000_000 }
  const { clock } = createProcess(schedule, machine)
  const started = clock.nowMs()
  let rang = 0
  clock.after(110, () => {
    rang = schedule.nowMs
  })
  schedule.run(1_000)
  expect(rang).toBeCloseTo(100)
  expect(clock.nowMs() - started).toBeCloseTo(1_100)
  expect(clock.wallMs()).toBe(1_001_100)
  machine.wallStartMs -= 5_000
  expect(clock.wallMs()).toBe(996_100)
})
