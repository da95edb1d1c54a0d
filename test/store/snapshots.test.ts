import { expect, test } from 'bun:test'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { canonical, Fault, rootOfRows, sha256 } from '../../src/base/index.ts'
import type { SnapshotOffer } from '../../src/consensus/ports.ts'
import { records } from '../../src/ledger/index.ts'
import type { Store } from '../../src/store/index.ts'
import { headerLine } from '../../src/store/snapshot-file.ts'
import { commit, faultOf, filled, freshFolder, open, tryCommit } from './ground.ts'

/** Sends what `from` offers in chunks; stops before `untilBytes`. */
const transfer = (from: Store, to: Store, offer: SnapshotOffer, untilBytes = Number.POSITIVE_INFINITY): number => {
  let have = to.snapshots.receive(offer)
  while (have < Math.min(offer.sizeBytes, untilBytes)) {
    const bytes = from.snapshots.read(offer.id, have, 1000)
    if (!bytes) throw new Error('the snapshot is gone')
    have = to.snapshots.write(offer.id, have, bytes)
  }
  return have
}
const pathIn = (folder: string, name: string) => join(folder, 'snapshots', name)

test('a member that installs a snapshot has the state, the root and the position of the one that made it', () => {
  const { store, entries, scribe } = filled(freshFolder(), 50)
  const offer = store.snapshots.take(1)
  expect(offer).toMatchObject({ position: { index: 51 }, stampMs: 1051, root: store.root() })
  const folder = freshFolder()
  const other = open(folder)
  transfer(store, other, offer)
  commit(other, { install: { id: offer.id } })
  expect(other.root()).toBe(store.root())
  expect(records(other.state, '', undefined, 999)).toEqual(records(store.state, '', undefined, 999))
  expect(other.load()).toMatchObject({ base: offer.position, baseStampMs: 1051, appliedIndex: 51, entries: [] })
  const next = scribe.puts('a/1', 'new')
  for (const member of [store, other]) commit(member, { append: [next], apply: [next] })
  expect(other.root()).toBe(store.root())
  other[Symbol.dispose]()
  expect(open(folder).root()).toBe(store.root())
  expect(readdirSync(join(folder, 'snapshots'))).toEqual([])
  expect(entries).toHaveLength(51)
})

test('a snapshot replaces what was there before, log and all', () => {
  const { store } = filled(freshFolder(), 50)
  const { store: behind } = filled(freshFolder(), 3)
  const offer = store.snapshots.take(1)
  transfer(store, behind, offer)
  commit(behind, { install: { id: offer.id } })
  expect(behind.root()).toBe(store.root())
  expect(behind.load().entries).toEqual([])
})

test('two members with the same state make the same bytes', () => {
  const [one, two] = [filled(freshFolder(), 9).store, filled(freshFolder(), 9).store]
  expect(one.snapshots.take(1)).toEqual(two.snapshots.take(1))
})

test('a recent snapshot serves again, an old one does not, and two files at most are kept', () => {
  const folder = freshFolder()
  const { store, scribe } = filled(folder)
  const first = store.snapshots.take(1)
  const more = () => {
    const entry = scribe.puts('x')
    commit(store, { append: [entry], apply: [entry] })
    return entry.index
  }
  expect(store.snapshots.take(first.position.index)).toEqual(first)
  const second = store.snapshots.take(more())
  expect(second.id).not.toBe(first.id)
  expect(store.snapshots.read(first.id, 0, 10)).toHaveLength(10)
  const third = store.snapshots.take(more())
  expect(store.snapshots.read(first.id, 0, 10)).toBeUndefined()
  expect(store.snapshots.read(third.id, third.sizeBytes - 3, 10)).toHaveLength(3)
  expect(store.snapshots.read(third.id, third.sizeBytes + 5, 10)).toHaveLength(0)
  expect(store.snapshots.read('../../etc/passwd', 0, 10)).toBeUndefined()
  // Compacted beyond it: whoever needs a snapshot needs a newer one.
  commit(store, { compactTo: third.position.index })
  more()
  expect(store.snapshots.take(1).id).toBe(third.id)
  commit(store, { compactTo: third.position.index + 1 })
  expect(store.snapshots.take(1).id).not.toBe(third.id)
})

test('a transfer goes on where it was after a restart of either side', () => {
  const [fromFolder, toFolder] = [freshFolder(), freshFolder()]
  const { store } = filled(fromFolder, 50)
  const offer = store.snapshots.take(1)
  const receiver = open(toFolder)
  const have = transfer(store, receiver, offer, 3000)
  expect(have).toBe(3000)
  store[Symbol.dispose]()
  receiver[Symbol.dispose]()
  const [from, to] = [open(fromFolder), open(toFolder)]
  expect(from.snapshots.take(1)).toEqual(offer)
  expect(to.snapshots.receive(offer)).toBe(3000)
  transfer(from, to, offer)
  commit(to, { install: { id: offer.id } })
  expect(to.root()).toBe(from.root())
})

test('chunks that do not fit change nothing', () => {
  const { store } = filled(freshFolder(), 50)
  const offer = store.snapshots.take(1)
  const other = open(freshFolder())
  expect(other.snapshots.write(offer.id, 0, new Uint8Array(5))).toBe(0)
  other.snapshots.receive(offer)
  const bytes = store.snapshots.read(offer.id, 0, 100) ?? new Uint8Array()
  expect(other.snapshots.write(offer.id, 0, bytes)).toBe(100)
  expect(other.snapshots.write(offer.id, 0, bytes)).toBe(100)
  expect(other.snapshots.write(offer.id, 500, bytes)).toBe(100)
  expect(other.snapshots.write(offer.id, 100, new Uint8Array(offer.sizeBytes))).toBe(100)
  expect(other.snapshots.write(sha256('else'), 100, bytes)).toBe(0)
  expect(tryCommit(other, { install: { id: offer.id } })).toMatchObject({ code: 'bad-snapshot' })
})

test('another offer drops what came of the former one; an absurd one is refused', () => {
  const { store, scribe } = filled(freshFolder(), 50)
  const first = store.snapshots.take(1)
  const other = open(freshFolder())
  transfer(store, other, first, 1000)
  const entry = scribe.puts('x')
  commit(store, { append: [entry], apply: [entry] })
  const second = store.snapshots.take(entry.index)
  expect(other.snapshots.receive(second)).toBe(0)
  expect(other.snapshots.receive(first)).toBe(0)
  for (const sizeBytes of [2 ** 50, Number.NaN]) {
    expect(faultOf(() => other.snapshots.receive({ ...second, sizeBytes })).code).toBe('too-large')
  }
})

/** A receiver that was sent a snapshot in which `change` altered the text, named and offered as if that were right. */
const sentAltered = (change: (text: string) => string, offered: Partial<SnapshotOffer> = {}) => {
  const folder = freshFolder()
  const { store } = filled(folder, 20)
  const made = store.snapshots.take(1)
  const text = change(readFileSync(pathIn(folder, `${made.id}.snapshot`), 'utf8'))
  const bytes = new TextEncoder().encode(text)
  const { store: receiver } = filled(freshFolder(), 3)
  const before = { loaded: receiver.load(), root: receiver.root() }
  const offer = { ...made, id: sha256(bytes), sizeBytes: bytes.length, ...offered }
  receiver.snapshots.receive(offer)
  receiver.snapshots.write(offer.id, 0, bytes)
  const outcome = tryCommit(receiver, { install: { id: offer.id } })
  return { outcome, receiver, before, offer }
}

test('the snapshot that was not altered is installed', () => {
  const { outcome, receiver, offer } = sentAltered((text) => text)
  expect(outcome).toEqual({ results: [] })
  expect(receiver.root()).toBe(offer.root)
})

test.each([
  ['other bytes than its name says', (text: string) => text.replace('b/3@', 'b/3#'), { id: sha256('x') }],
  ['a changed value', (text: string) => text.replace('b/3@', 'b/3#'), {}],
  [
    'a row left out',
    (text: string) =>
      text
        .split('\n')
        .filter((line) => !line.includes('"b/3"'))
        .join('\n'),
    {},
  ],
  ['a row twice', (text: string) => text.replace(/(\n\["kv","b\/3".*)/, '$1$1'), {}],
  ['rows in another order', (text: string) => text.replace(/(\n\["kv","b\/3".*)(\n.*)/, '$2$1'), {}],
  ['a row of a space nobody knows', (text: string) => `${text}["zz","k","1"]\n`, {}],
  ['a row that is no row', (text: string) => `${text}{"__proto__":1}\n`, {}],
  ['its last line cut off', (text: string) => text.slice(0, -5), {}],
  ['another header', (text: string) => text.replace('"stampMs":1021', '"stampMs":1022'), {}],
  ['another position than offered', (text: string) => text, { stampMs: 5 }],
  ['no header', (text: string) => text.slice(text.indexOf('\n') + 1), {}],
  ['nothing in it', () => '', {}],
  ['a line without end', (text: string) => text + 'x'.repeat(3_000_000), {}],
])('a snapshot with %s is refused, dropped, and the old state stays', (_, change, offered) => {
  const { outcome, receiver, before, offer } = sentAltered(change, offered)
  expect(outcome).toBeInstanceOf(Fault)
  expect(outcome).toMatchObject({ code: 'bad-snapshot' })
  expect(receiver.load()).toEqual(before.loaded)
  expect(receiver.root()).toBe(before.root)
  expect(receiver.snapshots.receive(offer)).toBe(0)
})

test('whatever bytes come as a snapshot, they are refused with a fault', () => {
  const { store: receiver } = filled(freshFolder(), 3)
  const offer = filled(freshFolder(), 20).store.snapshots.take(1)
  const header = new TextEncoder().encode(headerLine(offer))
  const root = receiver.root()
  const line = fc.oneof(
    fc.json(),
    fc.string({ unit: 'binary' }),
    fc.tuple(fc.string(), fc.string(), fc.string()).map((row) => JSON.stringify(row)),
  )
  const bytes = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.uint8Array({ maxLength: 300 }).map((tail) => Uint8Array.from([...header, ...tail])),
    fc.array(line, { maxLength: 5 }).map((lines) => Uint8Array.from([...header, ...new TextEncoder().encode(`${lines.join('\n')}\n`)])),
  )
  fc.assert(
    fc.property(bytes, (sent) => {
      const named = { ...offer, id: sha256(sent), sizeBytes: sent.length }
      receiver.snapshots.receive(named)
      receiver.snapshots.write(named.id, 0, sent)
      expect(tryCommit(receiver, { install: { id: named.id } })).toMatchObject({ code: 'bad-snapshot' })
    }),
    { numRuns: 60 },
  )
  expect(receiver.root()).toBe(root)
})

test('a forged member is refused though hash and root fit', () => {
  const row = canonical({
    ...{ addresses: [], index: 1, name: 'evil', proof: null, sealingKey: 'x'.repeat(43), stampMs: 1, supports: null },
    ...{ ticket: null, tlsFingerprint: null, version: null, zone: null },
  })
  let root = ''
  const insert = (text: string) => {
    const lines = text.trimEnd().split('\n')
    const at = lines.findIndex((line) => line.startsWith('["meta"'))
    lines.splice(at, 0, JSON.stringify(['members', 'evil', row]))
    const rows = lines.slice(1).map((line) => JSON.parse(line) as [string, string, string])
    root = rootOfRows(rows.map(([space, key, value]) => ({ space, key, hash: sha256(value) })))
    lines[0] = canonical({ ...JSON.parse(lines[0] ?? ''), root })
    return `${lines.sort((a, b) => (a.startsWith('{') ? -1 : b.startsWith('{') ? 1 : a < b ? -1 : 1)).join('\n')}\n`
  }
  const folder = freshFolder()
  const { store } = filled(folder, 20)
  const made = store.snapshots.take(1)
  const bytes = new TextEncoder().encode(insert(readFileSync(pathIn(folder, `${made.id}.snapshot`), 'utf8')))
  const receiver = open(freshFolder())
  const offer = { ...made, id: sha256(bytes), sizeBytes: bytes.length, root: root as SnapshotOffer['root'] }
  receiver.snapshots.receive(offer)
  receiver.snapshots.write(offer.id, 0, bytes)
  const outcome = tryCommit(receiver, { install: { id: offer.id } })
  expect(outcome).toMatchObject({ code: 'bad-snapshot' })
  expect((outcome as Fault).message).toContain('nothing proves this member')
})

test('an older snapshot never replaces newer state', () => {
  const { store } = filled(freshFolder(), 5)
  const { store: ahead } = filled(freshFolder(), 50)
  const offer = store.snapshots.take(1)
  const before = ahead.load()
  transfer(store, ahead, offer)
  expect(tryCommit(ahead, { install: { id: offer.id } })).toMatchObject({ code: 'stale-snapshot' })
  expect(ahead.load()).toEqual(before)
})

test('the losing side of a take-over writes down what it had beyond, and then takes the winners’ snapshot', () => {
  const { store } = filled(freshFolder(), 5)
  const folder = freshFolder()
  const { store: loser, scribe, entries } = filled(folder, 50)
  const open = scribe.puts('never-committed')
  commit(loser, { append: [open] })
  const base = { index: 3, term: entries[2]?.term as SnapshotOffer['position']['term'], hash: sha256('') }
  const { exportedTo = '' } = commit(loser, { exportAndWipe: { base, takeoverId: '../../x' } })
  expect(exportedTo.startsWith(`${folder}/left-behind-`)).toBe(true)
  const lines = readFileSync(exportedTo, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(lines[0]).toMatchObject({ kind: 'left-behind', base: { index: 3 }, appliedIndex: 51, entries: 49 })
  expect(lines.slice(1).map(({ index }) => index)).toEqual(Array.from({ length: 49 }, (_, n) => n + 4))
  expect([lines.at(-1).applied, lines.at(-2).applied]).toEqual([false, true])
  expect(loser.load()).toMatchObject({ appliedIndex: 0, entries: [], base: { index: 0 }, baseConfiguration: { voters: [], learners: [] } })
  expect(loser.root()).toBe(rootOfRows([]))
  const offer = store.snapshots.take(1)
  transfer(store, loser, offer)
  commit(loser, { install: { id: offer.id } })
  expect(loser.root()).toBe(store.root())
})

test('files of an earlier life that are of no use are gone after a start', () => {
  const folder = freshFolder()
  filled(folder).store[Symbol.dispose]()
  for (const name of ['making.draft', `${sha256('a')}.snapshot`, 'x.offer']) writeFileSync(pathIn(folder, name), 'x')
  open(folder)
  expect(readdirSync(join(folder, 'snapshots'))).toEqual([])
})
