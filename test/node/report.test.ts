import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { asPeerId } from '../../src/base/index.ts'
import { decodeReport, encodeReport, type Report, reportBytesMax } from '../../src/node/report.ts'

const peer = asPeerId('12D3KooWJRSrypvnpHgc6ZAgyCni4KcSmbV7uGRaMw5LgMKT18fq')
const report: Report = {
  version: '0.1.0',
  zone: 'cellar',
  addresses: ['/ip4/198.18.0.2/tcp/8081'],
  capabilities: {
    os: { platform: 'linux', name: 'Debian 12', kernel: '6.1.0', arch: 'x64', libc: 'glibc' },
    cpu: { model: 'Ryzen 9 7950X', cores: 32, busyPercent: 12 },
    memory: { totalBytes: 64e9, freeBytes: 20e9 },
    disks: [{ mount: '/', totalBytes: 2e12, freeBytes: 9e11 }],
    gpus: [
      { vendor: 'nvidia', model: 'RTX 4090', vramTotalBytes: 24e9, vramFreeBytes: 3e9, driver: '570.1', unified: false, busyPercent: null },
    ],
    ollama: { running: true, version: '0.21.0', store: '/usr/share/ollama/.ollama/models', warning: null },
  },
  loopLagMs: 0.4,
  sightings: { [peer]: { healthyShare: 1, observedMs: 60_000, restarts: 0, rttMs: 0.3, answers: true } },
  appliedIndex: 17,
  leads: { term: 3, sinceMs: 1_800_000_000_000, because: 'it is the only voter' },
  handedOver: null,
}

describe('a report from a peer', () => {
  test('comes back as it was sent', () => {
    expect(decodeReport(encodeReport(report))).toEqual(report)
  })

  test.each([
    ['an unknown share', { ...report, sightings: { [peer]: { healthyShare: 7, observedMs: 1, restarts: 0, rttMs: 1, answers: true } } }],
    [
      'a peer that is no peer id',
      { ...report, sightings: { '../../etc': { healthyShare: 1, observedMs: 1, restarts: 0, rttMs: 1, answers: true } } },
    ],
    ['negative memory', { ...report, capabilities: { ...report.capabilities, memory: { totalBytes: -1, freeBytes: 0 } } }],
    ['a sentence without end', { ...report, leads: { term: 1, sinceMs: 1, because: 'x'.repeat(600) } }],
    ['a hundred GPUs', { ...report, capabilities: { ...report.capabilities, gpus: Array(100).fill(report.capabilities?.gpus[0]) } }],
    ['a list instead of a report', [report]],
  ])('is refused with %s', (_, value) => {
    expect(decodeReport(new TextEncoder().encode(JSON.stringify(value)))).toMatchObject({ code: 'bad-report' })
  })

  test('is refused unread above 64 KiB', () => {
    expect(decodeReport(new Uint8Array(reportBytesMax + 1))).toMatchObject({ code: 'too-large' })
  })

  test('of arbitrary bytes never throws', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 512 }), (bytes) => decodeReport(bytes) !== undefined))
  })

  test('of arbitrary JSON never throws', () => {
    fc.assert(fc.property(fc.json(), (text) => decodeReport(new TextEncoder().encode(text)) !== undefined))
  })
})
