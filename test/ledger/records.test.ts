import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { canonical } from '../../src/base/index.ts'
import { deleteCommand, protectedPutCommand, putCommand, record, records, valueBytesMax } from '../../src/ledger/index.ts'
import { recordCharsMax, recordsMax } from '../../src/ledger/limits.ts'
import { openCourt } from './court.ts'

test('a put writes version 1, then 2; a delete is a version too, and none is used twice', () => {
  const court = openCourt()
  const { founder: me } = court
  expect(court.act(me, putCommand('a', 1), putCommand('a', 2), deleteCommand('a'), putCommand('a', 3))).toEqual([
    { ok: true, version: 1 },
    { ok: true, version: 2 },
    { ok: true, version: 3 },
    { ok: true, version: 4 },
  ])
  expect(record(court.rows, 'a')).toMatchObject({ key: 'a', value: 3, version: 4, author: me.peer, stampMs: court.nowMs })
})

test('a compare-and-set writes only over the version it expects', () => {
  const { act, founder: me } = openCourt()
  expect(act(me, putCommand('a', 1, 1))).toMatchObject([{ ok: false, code: 'conflict', version: 0 }])
  expect(act(me, putCommand('a', 1, 0))).toEqual([{ ok: true, version: 1 }])
  expect(act(me, putCommand('a', 2, 0))).toMatchObject([{ ok: false, code: 'conflict', version: 1 }])
  expect(act(me, putCommand('a', 2, 1))).toEqual([{ ok: true, version: 2 }])
  expect(act(me, deleteCommand('a', 1))).toMatchObject([{ ok: false, code: 'conflict', version: 2 }])
  expect(act(me, deleteCommand('a', 2))).toEqual([{ ok: true, version: 3 }])
})

test('a deleted record does not exist: only "must not exist" or no expectation writes it again', () => {
  const { act, founder: me } = openCourt()
  act(me, putCommand('a', 1), deleteCommand('a'))
  expect(act(me, deleteCommand('a'))).toMatchObject([{ ok: false, code: 'not-found' }])
  expect(act(me, putCommand('a', 1, 2))).toMatchObject([{ ok: false, code: 'conflict', version: 0 }])
  expect(act(me, putCommand('a', 1, 0))).toEqual([{ ok: true, version: 3 }])
})

test('one command of a batch that fails leaves the others alone', () => {
  const { act, founder: me, rows } = openCourt()
  const results = act(me, putCommand('a', 1), putCommand('b', 1, 7), putCommand('c', 1))
  expect(results).toMatchObject([{ ok: true }, { ok: false, code: 'conflict' }, { ok: true }])
  expect(records(rows).map(({ key }) => key)).toEqual(['a', 'c'])
})

test('records are listed by prefix, page by page, past deleted ones', () => {
  const { act, founder: me, rows } = openCourt()
  act(me, ...Array.from({ length: 9 }, (_, n) => putCommand(`x/${n}`, n)), putCommand('w', 0), putCommand('y', 0))
  act(me, ...[1, 2, 3, 5].map((n) => deleteCommand(`x/${n}`)))
  expect(records(rows, 'x/', undefined, 2).map(({ key }) => key)).toEqual(['x/0', 'x/4'])
  expect(records(rows, 'x/', 'x/4', 2).map(({ key }) => key)).toEqual(['x/6', 'x/7'])
  expect(records(rows, 'x/', 'x/7', 2).map(({ key }) => key)).toEqual(['x/8'])
  expect(records(rows).map(({ key }) => key)).toEqual(['w', 'x/0', 'x/4', 'x/6', 'x/7', 'x/8', 'y'])
})

test.each(['', 'a b', 'a\n', '\t', 'ä', 'a\u0000', 'x'.repeat(513), '\u007f'])('%j is no key', (key) => {
  const { act, founder: me, rows } = openCourt()
  expect(act(me, putCommand(key, 1), deleteCommand(key))).toMatchObject([
    { ok: false, code: 'bad-key' },
    { ok: false, code: 'bad-key' },
  ])
  expect(records(rows)).toEqual([])
})

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty', '../../etc/passwd', '!'.repeat(512), '%00', "';--"])(
  '%j is a key like any other',
  (key) => {
    const { act, founder: me, rows } = openCourt()
    expect(act(me, putCommand(key, { value: key }))).toEqual([{ ok: true, version: 1 }])
    expect(record(rows, key)?.value).toEqual({ value: key })
    expect(Object.keys(Object.prototype)).toEqual([])
  },
)

test('any JSON is kept as it is, prototypes and broken Unicode apart', () => {
  const { act, founder: me, rows } = openCourt()
  const fresh = JSON.parse('{"__proto__":{"polluted":true},"a":[null,-0.5,1e300,"\\u2028\\u0000€😀"]}')
  expect(act(me, putCommand('a', fresh))).toEqual([{ ok: true, version: 1 }])
  expect(JSON.stringify(record(rows, 'a')?.value)).toBe(canonical(fresh))
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const [result] = act(me, putCommand('any', value as never)) // What fast-check calls JSON is Json.
      expect(result).toMatchObject({ ok: true })
      expect(canonical(record(rows, 'any')?.value)).toBe(canonical(value))
    }),
    { numRuns: 100 },
  )
})

test('a value that JSON cannot carry, is too large or too deep is refused', () => {
  const { act, founder: me } = openCourt()
  const deep = (depth: number) => JSON.parse('['.repeat(depth) + ']'.repeat(depth))
  expect(act(me, putCommand('a', 'x'.repeat(valueBytesMax - 2)))).toMatchObject([{ ok: true }])
  expect(act(me, putCommand('a', 'x'.repeat(valueBytesMax - 1)))).toMatchObject([{ ok: false, code: 'too-large' }])
  expect(act(me, putCommand('a', '€'.repeat(valueBytesMax / 3)))).toMatchObject([{ ok: false, code: 'too-large' }])
  expect(act(me, putCommand('a', deep(32)))).toMatchObject([{ ok: true }])
  expect(act(me, putCommand('a', deep(33)))).toMatchObject([{ ok: false, code: 'bad-value' }])
})

test('the row of a record is canonical JSON, though it is put together by hand', () => {
  const { act, founder: me, rows } = openCourt()
  act(me, putCommand('a', { z: 1, a: 'ä"\\' }), putCommand('b', 1), deleteCommand('b'))
  for (const { value } of rows.list('kv')) expect(value).toBe(canonical(JSON.parse(value)))
})

describe('room for records', () => {
  const full = (usage: { records: number; chars: number }) => {
    const court = openCourt()
    court.act(court.founder, putCommand('a', 'x'.repeat(1000)), putCommand('b', 1))
    court.rows.put('meta', 'usage', canonical({ kind: 'usage', ...usage }))
    return { ...court, put: (key: string, value: string) => court.act(court.founder, putCommand(key, value))[0] }
  }

  test('is counted as it is, through writes, overwrites and deletions', () => {
    const court = openCourt()
    const { act, founder: me, rows } = court
    for (const n of [1, 2, 3]) act(me, putCommand('a', 'x'.repeat(100 * n)), putCommand(`k${n}`, n), { kind: 'delete', key: 'k2' })
    const kept = rows.list('kv')
    const chars = kept.reduce((sum, { value }) => sum + value.length, 0)
    expect(JSON.parse(rows.get('meta', 'usage') ?? '')).toEqual({ kind: 'usage', records: kept.length, chars })
  })

  test('ends at a number of records: old ones can still be changed and deleted, the admin still writes', () => {
    const { put, act, founder: me, cluster, admin } = full({ records: recordsMax, chars: 5000 })
    expect(put('c', 'new')).toMatchObject({ ok: false, code: 'full' })
    expect(put('b', 'x'.repeat(2000))).toMatchObject({ ok: true })
    expect(act(me, { kind: 'delete', key: 'a' })).toMatchObject([{ ok: true }])
    expect(act(me, protectedPutCommand(cluster, 'bzzz-admin/x', 1, 1, admin))).toMatchObject([{ ok: true }])
  })

  test('ends at a size: what does not grow can still be written', () => {
    const { put } = full({ records: 2, chars: recordCharsMax - 500 })
    expect(put('c', 'x'.repeat(400))).toMatchObject({ ok: false, code: 'full' })
    expect(put('b', 'x'.repeat(700))).toMatchObject({ ok: false, code: 'full' })
    expect(put('a', 'x'.repeat(900))).toMatchObject({ ok: true })
    expect(put('c', 'x'.repeat(100))).toMatchObject({ ok: true })
  })
})
