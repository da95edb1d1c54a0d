import { describe, expect, test } from 'bun:test'
import type { Capabilities, Gpu } from '../../../src/host/types.ts'
import {
  agrees,
  cardName,
  cardNames,
  counted,
  diskAmount,
  diskSize,
  exactMoment,
  fixed,
  grouped,
  hardware,
  lag,
  listed,
  listedAsChoice,
  listedBriefly,
  memoryAmount,
  moment,
  percent,
  processorName,
  span,
  stamp,
} from '../../../views/words/index.ts'

const thin = '\u202f'
const hard = '\u00a0'

describe('counts', () => {
  test.each([
    [0, '0'],
    [9_999, '9999'],
    [10_000, `10${thin}000`],
    [48_213, `48${thin}213`],
    [1_234_567, `1${thin}234${thin}567`],
    [Number.NaN, '–'],
    [Number.POSITIVE_INFINITY, '–'],
  ])('%p is grouped from 10 000 on', (value, text) => expect(grouped(value)).toBe(text))

  test('a decimal point, and never a negative zero', () => {
    expect(fixed(0.855, 1)).toBe('0.9')
    expect(fixed(-0.001, 2)).toBe('0.00')
    expect(fixed(-0.17, 2)).toBe('-0.17')
  })
  test('nouns and verbs follow their number', () => {
    expect([counted(1, 'machine'), counted(6, 'machine'), counted(0, 'entry', 'entries')]).toEqual(['1 machine', '6 machines', '0 entries'])
    expect([agrees(1, 'is', 'are'), agrees(['a', 'b'], 'is', 'are')]).toEqual(['is', 'are'])
  })
  test('names are listed as in a sentence, and long lists end in a number', () => {
    expect(listed(['nova', 'mini', 'pi'])).toBe('nova, mini and pi')
    expect(listedAsChoice(['atlas', 'vega'])).toBe('atlas or vega')
    expect(listedBriefly(['a', 'b', 'c', 'd'])).toBe('a, b, c and d')
    expect(listedBriefly(['a', 'b', 'c', 'd', 'e'])).toBe('a, b, c and 2 more')
  })
})

describe('sizes', () => {
  const gib = 2 ** 30
  test('memory is in GiB with one decimal', () => {
    expect(memoryAmount(21.2 * gib, 24 * gib)).toEqual({ used: '21.2', total: '24.0', unit: 'GiB', share: 21.2 / 24 })
  })
  test('a disk shows both numbers in the unit of its size', () => {
    expect(diskAmount(0.9e12, 1.8e12)).toMatchObject({ used: '0.9', total: '1.8', unit: 'TB' })
    expect(diskAmount(107e9, 117e9)).toMatchObject({ used: '107', total: '117', unit: 'GB' })
    expect(diskAmount(8.1e9, 32e9)).toMatchObject({ used: '8.1', total: '32.0', unit: 'GB' })
  })
  test('more used than there is never fills a bar beyond its end', () => {
    expect(memoryAmount(30 * gib, 24 * gib).share).toBe(1)
    expect(memoryAmount(-5, 24 * gib)).toMatchObject({ used: '0.0', share: 0 })
    expect(memoryAmount(1, 0).share).toBe(0)
  })
  test.each([
    [274e6, `274${hard}MB`],
    [98.6e6, `98.6${hard}MB`],
    [512, `512${hard}B`],
    [0, `0.0${hard}B`],
  ])('%p bytes', (bytes, text) => expect(diskSize(bytes)).toBe(text))
  test('a share is never rounded to nothing or to everything', () => {
    expect([percent(0), percent(0.001), percent(0.085), percent(0.999), percent(1)]).toEqual(
      ['0', '1', '9', '99', '100'].map((digits) => `${digits}${hard}%`),
    )
  })
})

describe('times', () => {
  // The zone in which `bun test` runs is UTC, so these hold everywhere.
  const now = Date.parse('2026-11-22T14:32:00Z')
  test.each([
    [0, `0${hard}s`],
    [38_900, `38${hard}s`],
    [60_000, `1${hard}min`],
    [59 * 60_000, `59${hard}min`],
    [3 * 3_600_000, `3${hard}h`],
    [12 * 86_400_000, `12${hard}days`],
    [-500, `0${hard}s`],
    [Number.NaN, `0${hard}s`],
  ])('%p ms is said as a span', (ms, text) => expect(span(ms)).toBe(text))
  test('what is nearly now has one decimal', () => {
    expect([lag(420), lag(9_949), lag(38_000)]).toEqual([`0.4${hard}s`, `9.9${hard}s`, `38${hard}s`])
  })
  test('today is a time, this year a day, before that a day with its year', () => {
    expect(moment(Date.parse('2026-11-22T14:02:31Z'), now)).toBe('14:02')
    expect(exactMoment(Date.parse('2026-11-22T14:02:31Z'), now)).toBe('14:02:31')
    expect(exactMoment(Date.parse('2026-11-18T14:02:31Z'), now)).toBe('18 November')
    expect(moment(Date.parse('2025-11-22T14:32:00Z'), now)).toBe('22 November 2025')
    expect(moment(Date.parse('2026-11-22T00:00:00Z'), now)).toBe('00:00')
  })
  test('an impossible instant is not an error', () => {
    expect(moment(Number.NaN, now)).toBe('an unknown time')
    expect(exactMoment(9e15, now)).toBe('an unknown time')
    expect(stamp(Number.POSITIVE_INFINITY)).toBe('')
    expect(stamp(now)).toBe('2026-11-22T14:32:00.000Z')
  })
})

describe('hardware', () => {
  test.each([
    ['AMD Ryzen 9 7950X 16-Core Processor', 'Ryzen 9 7950X'],
    ['Intel(R) Core(TM) i5-10400 CPU @ 2.90GHz', 'Core i5-10400'],
    ['Intel(R) Xeon(R) W-2235 CPU @ 3.80GHz', 'Xeon W-2235'],
    ['AMD Ryzen AI Max+ 395 w/ Radeon 8060S', 'Ryzen AI Max+ 395'],
    ['12th Gen Intel(R) Core(TM) i7-1260P', 'Core i7-1260P'],
    ['AMD EPYC 7B13 64-Core Processor', 'EPYC 7B13'],
    ['Apple M4 Max', 'Apple M4 Max'],
    ['Neoverse-N1', 'Neoverse-N1'],
    ['', 'unknown processor'],
    ['   ', 'unknown processor'],
  ])('%p is called %p', (model, name) => expect(processorName(model)).toBe(name))
  test.each([
    ['NVIDIA GeForce RTX 4090', 'RTX 4090'],
    ['NVIDIA RTX A4000', 'RTX A4000'],
    ['AMD Radeon RX 7900 XTX', 'Radeon RX 7900 XTX'],
    ['Intel Corporation Arc A770', 'Arc A770'],
    ['', 'unknown card'],
  ])('%p is called %p', (model, name) => expect(cardName(model)).toBe(name))

  const card = (model: string, unified = false): Gpu => ({
    vendor: 'nvidia',
    model,
    vramTotalBytes: null,
    vramFreeBytes: null,
    driver: null,
    unified,
    busyPercent: null,
  })
  const machine = (gpus: readonly Gpu[]): Capabilities => ({
    os: { platform: 'linux', name: 'Debian', kernel: '6', arch: 'x64', libc: 'glibc' },
    cpu: { model: 'AMD Ryzen 9 7950X 16-Core Processor', cores: 32, busyPercent: null },
    memory: { totalBytes: 1, freeBytes: 1 },
    disks: [],
    gpus,
    ollama: null,
  })
  test('equal cards are counted', () => {
    expect(cardNames([card('NVIDIA GeForce RTX 3090'), card('NVIDIA GeForce RTX 3090'), card('Intel Arc A770')])).toBe(
      '2 × RTX 3090 and Arc A770',
    )
  })
  test('the card stands first, and its absence last', () => {
    expect(hardware(machine([card('NVIDIA GeForce RTX 4090')]))).toBe('RTX 4090, Ryzen 9 7950X')
    expect(hardware(machine([]))).toBe('Ryzen 9 7950X, no GPU')
    expect(hardware(machine([card('AMD Radeon 8060S', true)]))).toBe('Radeon 8060S, Ryzen 9 7950X, memory shared with the GPU')
  })
})
