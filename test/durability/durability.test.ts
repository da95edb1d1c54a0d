import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { admit, found, isFormed, throwAwayKeys } from '../../src/deploy/index.ts'
import { answerTo, brokenElection, brokenPuts, votedAt } from './promises.ts'
import { type Call, isSocket, isSync, type Trace } from './trace.ts'
import { startTraced, type TracedNode } from './traced-node.ts'

/*
 * Three nodes of the executable under strace, on loopback: puts, the death of the leader, an election, more puts; then the traces are read.
 * The disks of two nodes are slowed, so that an answer which does not wait for them shows.
 */
const executable = join(import.meta.dir, '../../build/out/bzzz')
const canTrace = process.platform === 'linux' && Bun.which('strace') !== null
const slowSyncMs = 20
const keys = throwAwayKeys()

if (!canTrace && process.env.CI) throw new Error('strace is missing.')
if (!canTrace) console.log('strace is missing (Debian: apt-get install strace): skipped.')

describe.skipIf(!canTrace)('the running executable', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bzzz-durability-'))
  const marks: string[] = []
  const latencies: number[] = []
  let traces: readonly Trace[] = []
  let leader = { node: '', peer: '' }
  let killedAt = 0

  beforeAll(async () => {
    const nodes = await Promise.all([
      startTraced('one', folder, executable),
      startTraced('two', folder, executable, slowSyncMs),
      startTraced('six', folder, executable, slowSyncMs),
    ])
    const [first, second, third] = nodes
    if (!first || !second || !third) throw new Error('three nodes')
    try {
      const genesis = await found(first.client, 'durability', keys, Date.now())
      await eventually('the founder leads', async () => (await first.client.view()).leader !== null)
      await admit(first.client, [second.client, third.client], genesis, keys.operator.signer, Date.now())
      await eventually('three voters', async () => isFormed(await first.client.view(), 3, 3))
      const put = async (node: TracedNode) => {
        const mark = `mark${String(marks.length).padStart(4, '0')}end`
        const began = performance.now()
        await node.client.put(`durability/${mark}`, mark)
        marks.push(mark)
        return performance.now() - began
      }
      for (let n = 0; n < 20; n += 1) latencies.push(await put(first))
      for (let n = 0; n < 10; n += 1) await put(n % 2 === 0 ? second : third)
      killedAt = Date.now() / 1000
      await first.kill()
      await eventually('a new leader', async () => {
        const view = await second.client.view()
        if (view.leader === null || view.leader.name === 'one') return false
        leader = { node: view.leader.name, peer: view.leader.peer }
        return true
      })
      await eventually('a put after the death', async () => (await put(second)) > 0)
      for (let n = 0; n < 5; n += 1) await put(third)
    } finally {
      await Promise.all(nodes.map((node) => node.stop()))
    }
    traces = nodes.map((node) => node.trace())
  }, 120_000)

  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  test('acknowledged no put before a majority had synced it, and sent nothing between a write and its sync', () => {
    expect(marks.length).toBeGreaterThanOrEqual(36)
    expect(brokenPuts(traces, marks)).toEqual([])
  })

  test('waited with each put for the slow disk of a follower', () => {
    expect(Math.min(...latencies)).toBeGreaterThanOrEqual(slowSyncMs)
  })

  test('elected a leader only with votes that were on disk', () => {
    expect(brokenElection(traces, leader, killedAt)).toEqual([])
    expect(traces.flatMap((trace) => votedAt(trace, leader.peer, killedAt) ?? []).length).toBeGreaterThanOrEqual(2)
  })

  describe('with a trace that was edited, the checker objects', () => {
    const edited = (change: (call: Call) => Call | null): readonly Trace[] =>
      traces.map(({ node, calls }) => ({
        node,
        calls: calls.flatMap((call) => change(call) ?? []).sort((one, other) => one.at - other.at),
      }))

    test('when followers did not sync', () => {
      const without = traces.map((trace) =>
        trace.node === 'one' ? trace : { ...trace, calls: trace.calls.filter((call) => !isSync(call)) },
      )
      expect(brokenPuts(without, marks).length).toBeGreaterThanOrEqual(marks.length)
    })

    test('when each sync ended half a second later', () => {
      const late = edited((call) => (isSync(call) ? { ...call, until: call.until + 0.5 } : call))
      expect(brokenPuts(late, marks).filter((sentence) => sentence.includes('was acknowledged')).length).toBe(marks.length)
      expect(brokenElection(late, leader, killedAt)).toHaveLength(1)
    })

    test('when one answer left before its request was on any disk', () => {
      const [mark = ''] = marks
      const answer = answerTo(traces, mark)?.call
      const hasty = edited((call) => (call === answer ? { ...call, at: call.at - slowSyncMs / 1000 } : call))
      expect(brokenPuts(hasty, [mark])).toHaveLength(1)
      expect(isSocket(answer ?? ({ target: '' } as Call))).toBe(true) // an empty call is no socket
    })
  })
})

const eventually = async (what: string, holds: () => Promise<boolean>): Promise<void> => {
  const until = performance.now() + 40_000
  let last: unknown
  while (performance.now() < until) {
    try {
      if (await holds()) return
    } catch (error) {
      last = error
    }
    await Bun.sleep(50)
  }
  throw new Error(`Not within 40 s: ${what} (${String(last)})`)
}
