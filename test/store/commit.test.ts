import { expect, test } from 'bun:test'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { asPeerId, termOf } from '../../src/base/index.ts'
import { record, records } from '../../src/ledger/index.ts'
import { databaseName } from '../../src/store/index.ts'
import { commit, createScribe, filled, firstConfiguration, founder, freshFolder, open, tryCommit } from './ground.ts'

test('a fresh disk knows nothing, counts its first incarnation, and is private', () => {
  const folder = freshFolder()
  expect(open(folder).load()).toEqual({
    ballot: { term: termOf(0, 0), votedFor: null },
    incarnation: 1,
    base: { index: 0, term: termOf(0, 0), hash: '0'.repeat(64) as never },
    baseStampMs: 0,
    baseConfiguration: firstConfiguration,
    entries: [],
    appliedIndex: 0,
    promises: {},
    haltedBecause: null,
  })
  expect(statSync(join(folder, databaseName)).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'snapshots')).mode & 0o777).toBe(0o700)
})

test('everything that was committed is there after a restart, and the incarnation is one higher', () => {
  const folder = freshFolder()
  const { store, entries } = filled(folder)
  const promised = { incarnation: 4, term: termOf(1, 9), voted: true, lastTerm: termOf(0, 8), lastIndex: 7 }
  commit(store, { ballot: { term: termOf(1, 3), votedFor: asPeerId('n2') }, promises: { [asPeerId('n2')]: promised } })
  const [before, root] = [store.load(), store.root()]
  store[Symbol.dispose]()
  const again = open(folder)
  expect(again.load()).toEqual({ ...before, incarnation: 2 })
  expect(again.load().entries).toEqual(entries)
  expect(again.root()).toBe(root)
  expect(record(again.state, 'b/4')?.value).toBe('b/4@5')
})

test('entries are applied in order, each once, and answer', () => {
  const store = open(freshFolder())
  const scribe = createScribe()
  const [one, two, three] = [scribe.noop(), scribe.puts('a'), scribe.puts('a')]
  expect(commit(store, { append: [one, two, three] }).results).toEqual([])
  expect(commit(store, { apply: [one, two] }).results).toMatchObject([{ leader: founder }, { results: [{ ok: true, version: 1 }] }])
  expect(store.load().appliedIndex).toBe(2)
  expect(() => tryCommit(store, { apply: [two] })).toThrow('against its contract')
  expect(() => tryCommit(store, { apply: [scribe.puts('a')] })).toThrow('against its contract')
  expect(commit(store, { apply: [three] }).results).toMatchObject([{ results: [{ ok: true, version: 2 }] }])
})

test('one commit appends, applies and compacts at once', () => {
  const store = open(freshFolder())
  const scribe = createScribe()
  const entries = [scribe.noop(), scribe.puts('a'), scribe.puts('b')]
  commit(store, { ballot: { term: termOf(0, 1), votedFor: asPeerId('n1') }, append: entries, apply: entries, compactTo: 2 })
  expect(store.load()).toMatchObject({ base: { index: 2 }, baseStampMs: 1002, appliedIndex: 3, entries: entries.slice(2) })
})

test('a work that breaks off half-way changes nothing, and the next one goes on as if it had never been', () => {
  const folder = freshFolder()
  const { store, scribe } = filled(folder)
  const [before, root, rows] = [store.load(), store.root(), records(store.state)]
  const next = scribe.puts('late')
  const gap = scribe.noop() && scribe.puts('beyond')
  const ballot = { term: termOf(0, 9), votedFor: null }
  expect(() => tryCommit(store, { ballot, append: [next], apply: [next, gap] })).toThrow('against its contract')
  expect(store.load()).toEqual(before)
  expect(records(store.state)).toEqual(rows)
  expect(store.root()).toBe(root)
  expect(commit(store, { append: [next], apply: [next] }).results).toMatchObject([{ results: [{ ok: true }] }])
  expect(store.root()).not.toBe(root)
})

test('a tail is replaced by another, but never what is applied', () => {
  const { store, scribe, entries } = filled(freshFolder())
  const kept = entries.at(-1)
  if (!kept) throw new Error('no entries')
  const [lost, lostToo] = [scribe.puts('x'), scribe.puts('x')]
  commit(store, { append: [lost, lostToo] })
  scribe.backTo(kept)
  const instead = scribe.entry({ kind: 'noop', leader: asPeerId('n1') }, termOf(0, 2))
  commit(store, { truncateFrom: lost.index, append: [instead] })
  expect(store.load().entries).toEqual([...entries, instead])
  expect(() => tryCommit(store, { truncateFrom: kept.index })).toThrow('against its contract')
})

test('entries without a gap only', () => {
  const { store, scribe } = filled(freshFolder())
  scribe.noop()
  expect(() => tryCommit(store, { append: [scribe.noop()] })).toThrow('no gaps')
})

test('compaction keeps the configuration that counts, with the proof of a take-over', () => {
  const store = open(freshFolder())
  const scribe = createScribe()
  const two = { voters: [asPeerId('n1'), asPeerId('n2')], learners: [] }
  const takeover = {
    ...{ id: 't', body: 'signed', configuration: { voters: [asPeerId('n3')], learners: [] } },
    base: { index: 2, term: termOf(0, 1), hash: '0'.repeat(64) as never },
  }
  const entries = [
    scribe.noop(),
    scribe.entry({ kind: 'configuration', configuration: two }),
    scribe.puts('a'),
    scribe.entry({ kind: 'takeover', ...takeover }),
    scribe.puts('b'),
  ]
  commit(store, { append: entries, apply: entries, compactTo: 1 })
  expect(store.load().baseConfiguration).toEqual(firstConfiguration)
  commit(store, { compactTo: 3 })
  expect(store.load().baseConfiguration).toEqual(two)
  commit(store, { compactTo: 5 })
  expect(store.load()).toMatchObject({ baseConfiguration: { ...takeover.configuration, takeover }, base: { index: 5 }, entries: [] })
  const next = scribe.puts('c')
  commit(store, { append: [next], apply: [next] })
  expect(() => tryCommit(store, { compactTo: 9 })).toThrow('only applied')
})

test('whatever text a batch holds comes back as it was', () => {
  const folder = freshFolder()
  const store = open(folder)
  const scribe = createScribe()
  const bodies = ['', 'a\0b', '\ud800', 'ä€😀', '\u2028', "');--", '"', '\\', 'x'.repeat(300_000)]
  const entries = bodies.map((body) => scribe.entry({ kind: 'batch', body }))
  commit(store, { append: entries })
  store[Symbol.dispose]()
  expect(open(folder).load().entries).toEqual(entries)
})

test('a member that halted stays halted', () => {
  const folder = freshFolder()
  const store = open(folder)
  store.halt('its memory is older than what others remember')
  store.halt('something that followed from it')
  store[Symbol.dispose]()
  expect(open(folder).load().haltedBecause).toBe('its memory is older than what others remember')
})
