import { expect, test } from 'bun:test'
import { createDice } from './dice.ts'
import { createSchedule } from './schedule.ts'

test('acts run in order of their instants, equal instants in the order they were asked for', () => {
  const schedule = createSchedule()
  const dice = createDice(5)
  const ran: { due: number; asked: number }[] = []
  for (let asked = 0; asked < 500; asked++) {
    const due = dice.between(0, 50)
    schedule.after(due, () => void ran.push({ due, asked }))
  }
  schedule.run(100)
  expect(ran).toEqual([...ran].sort((a, b) => a.due - b.due || a.asked - b.asked))
  expect([ran.length, schedule.nowMs]).toEqual([500, 100])
})

test('an act may ask for another; nothing past the end runs', () => {
  const schedule = createSchedule()
  const seen: number[] = []
  const tick = () => {
    seen.push(schedule.nowMs)
    schedule.after(10, tick)
  }
  schedule.after(0, tick)
  schedule.run(35)
  expect(seen).toEqual([0, 10, 20, 30])
})

test('the same seed throws the same dice; a fork does not move its parent', () => {
  const one = createDice(42)
  const other = createDice(42)
  one.fork('side').random()
  const throws = Array.from({ length: 20 }, () => one.between(1, 6))
  expect(throws).toEqual(Array.from({ length: 20 }, () => other.between(1, 6)))
  expect(new Set(throws).size).toBeGreaterThan(3)
  expect(createDice(43).random()).not.toBe(createDice(42).random())
})
