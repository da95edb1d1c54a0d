import { expect, test } from 'bun:test'
import { brokenPuts, safeAt } from './promises.ts'
import { parseCall, traceOf } from './trace.ts'

const wal = '/data/one/log.db-wal'
const line = (at: number, call: string, took = 0.001) => `${at.toFixed(6)} ${call} <${took.toFixed(6)}>`
const write = (at: number, text: string) => line(at, `pwrite64(9<${wal}>, "\\0\\0${text}\\177", 4096, 32) = 4096`)
const sync = (at: number, took = 0.001, path = wal) => line(at, `fdatasync(9<${path}>) = 0`, took)
const send = (at: number) => line(at, `sendto(12<TCP:[127.0.0.1:1->127.0.0.1:2]>, "\\1\\2", 2, MSG_DONTWAIT, NULL, 0) = 2`)
const ask = (at: number, mark: string) =>
  line(at, `recvfrom(13<UNIX-STREAM:[1->2,"/s"]>, "PUT /v1/kv/${mark} HTTP/1.1", 99, 0, NULL, NULL) = 30`)
const answer = (at: number) => line(at, `sendto(13<UNIX-STREAM:[1->2,"/s"]>, "HTTP/1.1 200 OK\\r\\n", 17, 0, NULL, 0) = 17`)

const leader = (...lines: string[]) => traceOf('one', [lines.join('\n')])
const follower = (node: string, ...lines: string[]) => traceOf(node, [lines.join('\n')])
const idle = follower('three')

test('a put that two of three disks had when it was acknowledged is kept', () => {
  const traces = [
    leader(ask(1, 'm1'), send(1.01), write(1.02, 'm1'), sync(1.03), answer(1.2)),
    follower('two', write(1.05, 'm1'), sync(1.06), send(1.08)),
    idle,
  ]
  expect(brokenPuts(traces, ['m1'])).toEqual([])
})

test('an acknowledgement while the second sync still runs is broken', () => {
  const traces = [
    leader(ask(1, 'm1'), write(1.02, 'm1'), sync(1.03), answer(1.2)),
    follower('two', write(1.05, 'm1'), sync(1.06, 0.3), send(1.5)),
    idle,
  ]
  expect(brokenPuts(traces, ['m1'])).toEqual(['m1 was acknowledged by one when 1 of 2 needed disks had it'])
})

test('a follower that answers between writing and syncing is broken, also when the client was answered late', () => {
  const traces = [
    leader(ask(1, 'm1'), write(1.02, 'm1'), sync(1.03), answer(2)),
    follower('two', write(1.05, 'm1'), send(1.052), sync(1.06)),
    idle,
  ]
  expect(brokenPuts(traces, ['m1'])).toEqual(['two wrote m1 and sent 1 times to a peer before its sync'])
})

test('a sync of another file, a failed one, and one that began before the write do not count', () => {
  for (const wrong of [
    sync(1.06, 0.001, '/data/one/other.db-wal'),
    sync(1.06).replace('= 0', '= -1 EIO (Input/output error)'),
    sync(1.049, 0.01),
  ]) {
    expect(safeAt(follower('two', write(1.05, 'm1'), wrong), 'm1')).toBeNull()
  }
})

test('a put that nobody answered is reported, a refused one promises nothing', () => {
  expect(brokenPuts([leader(ask(1, 'm1'))], ['m1'])).toEqual(['m1 was never answered'])
  expect(brokenPuts([leader(ask(1, 'm1'), answer(1.1).replace('200 OK', '503 No'))], ['m1'])).toEqual([])
})

test('lines of strace are read with their descriptor, text, result and duration', () => {
  expect(
    parseCall('1795405049.875896 recvfrom(13<UNIX-STREAM:[73911->73375,"/tmp/s"]>, "say \\"hi\\"", 99, 0, NULL, NULL) = 8 <0.000049>'),
  ).toEqual({
    at: 1795405049.875896,
    until: 1795405049.875896 + 0.000049,
    name: 'recvfrom',
    target: 'UNIX-STREAM:[73911->73375,"/tmp/s"]',
    text: 'say \\"hi\\"',
    result: 8,
  })
  expect(parseCall('1795405048.409972 fsync(6</x.db-wal>) = 0 <0.000491>')).toMatchObject({ name: 'fsync', target: '/x.db-wal', result: 0 })
  for (const noise of ['', '+++ exited with 0 +++', '1.5 fsync(6</x.db-wal> <unfinished ...>', '1.5 fsync(6</x.db-wal>) = ?'])
    expect(parseCall(noise)).toBeNull()
})
