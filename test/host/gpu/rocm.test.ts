import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { parseRocm } from '../../../src/host/gpu/rocm.ts'
import type { Ran } from '../../../src/host/ports.ts'
import { captured } from '../../support/captured-host.ts'

const printed = (stdout: string, changes: Partial<Ran> = {}): Ran => ({ code: 0, stdout, stderr: '', problem: null, ...changes })
const read = (name: string) => parseRocm(printed(captured(name)))
const mib = 2 ** 20

describe('rocm-smi --json', () => {
  test.each([
    [
      'rocm-3-vega.json',
      { slot: '0000:04:00.0', model: 'Radeon Instinct MI25', vramTotal: 17163091968, vramUsed: 17776640, busyPercent: 0 },
    ],
    [
      'rocm-5-mi250.json',
      {
        slot: '0000:29:00.0',
        model: 'AMD INSTINCT MI250 (MCM) OAM AC MBA',
        vramTotal: 68702699520,
        vramUsed: 51527024640,
        busyPercent: 50,
      },
    ],
    ['rocm-5-unnamed.json', { slot: null, model: null, vramTotal: 17163091968, vramUsed: 283090944, busyPercent: 0 }],
    ['rocm-6-7900xt.json', { slot: null, model: 'Radeon RX 7900 XT', vramTotal: 21458059264, vramUsed: 27856896, busyPercent: 0 }],
    ['rocm-6-780m.json', { slot: '0000:c4:00.0', model: 'Phoenix3', vramTotal: null, vramUsed: null, busyPercent: 19 }],
    [
      'rocm-7-strix-halo.txt',
      { slot: '0000:c3:00.0', model: 'AMD Radeon 8060S Graphics', vramTotal: 536870912, vramUsed: 511442944, busyPercent: 2 },
    ],
    ['rocm-hygon.json', { slot: '0000:09:00.0', model: 'BW', vramTotal: 65520 * mib, vramUsed: 9703 * mib, busyPercent: null }],
  ])('of %s is read', (name, card) => {
    expect(read(name).cards[0]).toEqual(card)
  })

  test('names the driver, and does not take "system" for a card', () => {
    expect(read('rocm-7-strix-halo.txt')).toMatchObject({ driver: '6.14.14', problem: null })
    expect(read('rocm-7-strix-halo.txt').cards).toHaveLength(1)
    expect(read('rocm-5-mi250.json').cards).toHaveLength(2)
  })

  test('without a driver is a problem with a remedy', () => {
    expect(read('rocm-no-driver.txt').problem).toMatchObject({ code: 'driver-silent', remedy: 'sudo modprobe amdgpu' })
  })

  test.each(['rocm-no-json.txt', 'rocm-no-gpu.txt'])('that has nothing to say (%s) gives nothing', (name) => {
    expect(read(name)).toEqual({ cards: [], driver: null, problem: null })
  })

  test('that is missing is no problem, one that hangs is', () => {
    expect(parseRocm(printed('', { problem: 'missing', code: null })).problem).toBeNull()
    expect(parseRocm(printed('', { problem: 'timed-out', code: null })).problem?.code).toBe('no-answer')
  })

  test('may print whatever it likes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.dictionary(fc.constantFrom('card0', 'card1', 'system'), fc.jsonValue()).map((value) => JSON.stringify(value)),
        ),
        (text) => {
          for (const { vramTotal } of parseRocm(printed(text)).cards) expect(vramTotal === null || vramTotal >= 0).toBeTrue()
        },
      ),
    )
    expect(parseRocm(printed(captured('rocm-5-mi250.json').slice(0, 300))).cards).toEqual([])
  })
})
