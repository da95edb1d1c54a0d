import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { asClusterId, asHash, asPeerId, rootOfRows, sha256, type Term, termOf } from '../../src/base/index.ts'
import type { Payload } from '../../src/consensus/types.ts'
import { ed25519, freshIdentity, type NodeKeys } from '../../src/keys/index.ts'
import {
  auditTail,
  batchBytesMax,
  batchCommandsMax,
  commandFault,
  createMachine,
  makeTakeover,
  protectedPutCommand,
  putCommand,
  record,
  sealBatch,
  takeoverFault,
} from '../../src/ledger/index.ts'
import { openCourt } from './court.ts'

/** A batch text with a right signature around any body. */
const signedBody = (by: NodeKeys, body: string) => `{"body":${body},"by":"${by.signer.publicKey}","signature":"${by.signer.sign(body)}"}`

test('a batch of another cluster, another author or another key is a noop that is noted', () => {
  const { founder: me, machine, rows, apply, seal } = openCourt()
  const other = freshIdentity()
  const good = seal(me, [putCommand('a', 1)])
  const fields = { author: me.peer, incarnation: 1, seq: 1, ackedBelow: 1, commands: [putCommand('a', 1)] }
  const cases: [string, string][] = [
    [sealBatch(me.signer, asClusterId('0'.repeat(32)), fields), 'other-cluster'],
    [sealBatch(other.signer, machine.genesis.clusterId, fields), 'bad-signature'],
    [good.replace('"value":1', '"value":2'), 'bad-signature'],
    [good.replace(me.peer, other.peer), 'bad-signature'],
    [good.slice(0, -1), 'not-signed'],
    ['', 'not-signed'],
    [`${good} `, 'not-signed'],
    [seal(me, [putCommand('a', 'x'.repeat(batchBytesMax))]), 'too-large'],
  ]
  for (const [body, code] of cases) {
    expect(machine.check(body)?.code).toBe(code)
    expect(apply({ kind: 'batch', body })).toMatchObject({ author: null, results: [], refused: { code } })
  }
  expect(record(rows, 'a')).toBeUndefined()
  expect(auditTail(rows, 1)).toMatchObject([{ act: 'refused', actor: 'unproven', detail: { code: 'too-large' } }])
  expect(machine.check(good)).toBeNull()
})

test('what was checked before it was proposed is verified once, whatever came between', () => {
  const court = openCourt()
  let verified = 0
  const signatures = { ...ed25519, verify: (...given: Parameters<typeof ed25519.verify>) => ++verified > 0 && ed25519.verify(...given) }
  const machine = createMachine({ genesis: court.machine.genesis, signatures })
  const body = court.seal(court.founder, [putCommand('a', 1)])
  expect([machine.check(body), machine.check(body), verified]).toEqual([null, null, 1])
  machine.apply(court.rows, court.entry({ kind: 'batch', body }))
  expect(verified).toBe(1)
  machine.apply(court.rows, court.entry({ kind: 'batch', body }))
  expect(verified).toBe(2)
})

test('a batch with fields that are not right is refused whoever signed it', () => {
  const { founder: me, machine, cluster } = openCourt()
  const batch = { kind: 'batch', cluster, author: me.peer, incarnation: 1, seq: 1, ackedBelow: 1, commands: [putCommand('a', 1)] }
  const bodies = [
    { ...batch, kind: 'admission' },
    { ...batch, seq: 0 },
    { ...batch, seq: 1.5 },
    { ...batch, seq: '1' },
    { ...batch, seq: 2 ** 53 },
    { ...batch, seq: -1 },
    { ...batch, incarnation: 0 },
    { ...batch, ackedBelow: 2 },
    { ...batch, commands: [] },
    { ...batch, commands: {} },
    { ...batch, commands: Array(batchCommandsMax + 1).fill(putCommand('a', 1)) },
    { ...batch, more: 1 },
    { ...batch, author: undefined },
    [batch],
    null,
  ]
  for (const body of bodies) expect(machine.check(signedBody(me, JSON.stringify(body)))?.code).toBe('bad-command')
  for (const text of ['{', 'x', '{"__proto__":1}']) expect(machine.check(signedBody(me, text))?.code).toBe('bad-command')
})

test('commands that are none are refused one by one, and none of them changes anything', () => {
  const { founder: me, rows, apply, cluster } = openCourt()
  const hostile = [
    'null',
    '1',
    '"put"',
    '[]',
    '{}',
    '{"kind":null}',
    '{"kind":"__proto__"}',
    '{"kind":"constructor"}',
    '{"kind":"toString"}',
    '{"kind":"put"}',
    '{"kind":"put","key":"a"}',
    '{"kind":"put","key":1,"value":1}',
    '{"kind":"put","key":"a","value":"\\ud800"}',
    '{"kind":"put","key":"a","value":1e400}',
    '{"kind":"put","key":"a","value":{"x":"\\udc00"}}',
    '{"kind":"put","key":"a","value":1,"expect":-1}',
    '{"kind":"put","key":"a","value":1,"expect":null}',
    '{"kind":"put","key":"a","value":1,"__proto__":{"expect":0}}',
    '{"kind":"put","key":"a","value":1,"author":"x"}',
    '{"kind":"delete","key":{}}',
    '{"kind":"ticket","signed":1}',
    '{"kind":"ticket","signed":""}',
    `{"kind":"admit","signed":"${'x'.repeat(20_000)}"}`,
    `{"kind":"put","key":"a","value":${'['.repeat(50_000)}${']'.repeat(50_000)}}`,
  ]
  const body = `{"ackedBelow":1,"author":"${me.peer}","cluster":"${cluster}","commands":[${hostile.join(',')}],"incarnation":1,"kind":"batch","seq":1}`
  const answer = apply({ kind: 'batch', body: signedBody(me, body) }) as { results: { ok: boolean }[] }
  expect(answer.results).toHaveLength(hostile.length)
  expect(answer.results.filter(({ ok }) => ok)).toEqual([])
  expect(rows.list('kv')).toEqual([])
  expect(JSON.stringify(answer)).not.toContain('polluted')
})

test('apply never throws, whatever the entry holds', () => {
  const court = openCourt()
  const { founder: me, cluster } = court
  const value = fc.jsonValue({ maxDepth: 3 })
  const command = fc.oneof(
    value,
    fc.record({
      kind: fc.constantFrom('put', 'delete', 'announce', 'version', 'ticket', 'admit', 'remove', 'protected-put', 'revoke-ticket'),
      key: fc.oneof(fc.string(), value),
      value,
      expect: value,
      signed: fc.oneof(fc.string(), value),
    }),
  )
  let seq = 0
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 5 }), (commands) => {
      seq++
      const fields = { ackedBelow: seq, author: me.peer, cluster, commands, incarnation: 1, kind: 'batch', seq }
      const answer = court.apply({ kind: 'batch', body: signedBody(me, JSON.stringify(fields)) })
      expect(answer).toHaveProperty('results')
    }),
    { numRuns: 200 },
  )
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (body) => court.apply({ kind: 'batch', body }) !== undefined))
})

test('a member that floods the audit with refusals fills only its own share of it', () => {
  const court = openCourt()
  const b = court.admitted('b')
  for (let n = 0; n < 40; n++) court.act(b, putCommand('bzzz-admin/a', n), putCommand('bzzz-admin/b', n))
  expect(auditTail(court.rows, 1000).filter(({ actor }) => actor === b.peer)).toHaveLength(60)
  court.act(court.founder, putCommand('bzzz-admin/a', 1))
  expect(auditTail(court.rows, 1)).toMatchObject([{ actor: court.founder.peer }])
  court.nowMs += 3_600_000
  court.act(b, putCommand('bzzz-admin/a', 1))
  expect(auditTail(court.rows, 1)).toMatchObject([{ actor: b.peer }])
})

test('a take-over counts only as the master key signed it', () => {
  const court = openCourt()
  const { cluster, master, admin, founder, machine, rows, apply } = court
  const { genesis } = machine
  court.term = termOf(1, 0)
  const fields = {
    id: 'abc',
    // Eight forgeries are applied between the first entry and it.
    base: { index: 9, term: termOf(0, 1), hash: asHash('0'.repeat(64)) },
    configuration: { voters: [founder.peer], learners: [] },
  }
  const good = makeTakeover(cluster, fields, master)
  const accepted = (payload: Extract<Payload, { kind: 'takeover' }>) => takeoverFault(payload, genesis, ed25519) === null
  expect(accepted(good)).toBe(true)
  for (const bad of [
    makeTakeover(cluster, fields, admin),
    makeTakeover(asClusterId('0'.repeat(32)), fields, master),
    { ...good, id: 'abd' },
    { ...good, configuration: { voters: [freshIdentity().peer], learners: [] } },
    { ...good, configuration: { voters: [founder.peer], learners: [freshIdentity().peer] } },
    { ...good, base: { ...good.base, index: 10 } },
    { ...good, base: { ...good.base, term: 5 as Term } },
    { ...good, body: '' },
  ]) {
    expect(accepted(bad)).toBe(false)
    expect(apply(bad)).toMatchObject({ refused: { code: 'forbidden' } })
  }
  expect(rows.list('meta', { prefix: 'takeover/' })).toEqual([])
  expect(apply(good)).toEqual({ takeover: 'abc' })
  expect(auditTail(rows, 1)).toMatchObject([{ actor: 'master', act: 'takeover', detail: { id: 'abc' } }])
  // Played again further on, or in another term: the master said where it stands.
  expect(apply(good)).toMatchObject({ refused: { code: 'forbidden' } })
  court.term = termOf(2, 0)
  expect(apply({ ...good, ...makeTakeover(cluster, { ...fields, base: { ...fields.base, index: 11 } }, master) })).toMatchObject({
    refused: { code: 'forbidden' },
  })
  expect(auditTail(rows, 2)).toMatchObject([{ act: 'refused' }, { act: 'refused' }])
})

test('keys made by the thousand bring no rows and no share of the audit', () => {
  const court = openCourt()
  const before = court.rows.list('meta').length
  for (let n = 0; n < 100; n++) court.act(freshIdentity(), putCommand('a', n))
  expect(court.rows.list('meta')).toHaveLength(before + 1)
  expect(auditTail(court.rows, 1000).filter(({ act }) => act === 'refused')).toHaveLength(60)
})

test('whatever a member or a leader writes, a snapshot of it is accepted', () => {
  const court = openCourt()
  const { founder: me, cluster } = court
  const odd = JSON.parse('{"__proto__":{"a":1}}')
  expect(court.act(me, protectedPutCommand(cluster, 'bzzz-admin/x', odd, 1, court.admin))).toMatchObject([{ ok: true }])
  const values = [
    '{"__proto__":{"a":1}}',
    '{"a":[{"__proto__":1}]}',
    '"\\"__proto__\\":"',
    '-0',
    '1e308',
    '5e-324',
    '"\\u0000\\uffff"',
    '{"":{}}',
  ]
  const commands = values.map((value, n) => `{"kind":"put","key":"k${n}","value":${value}}`)
  const body = `{"ackedBelow":1,"author":"${me.peer}","cluster":"${cluster}","commands":[${commands.join(',')}],"incarnation":1,"kind":"batch","seq":2}`
  const { results } = court.apply({ kind: 'batch', body: signedBody(me, body) }) as { results: { ok: boolean }[] }
  expect(results.map(({ ok }) => ok)).toEqual(values.map(() => true))
  for (const name of ['x'.repeat(65), 'x'.repeat(128), 'a b', '']) {
    court.apply({ kind: 'configuration', configuration: { voters: [asPeerId(name)], learners: [] } })
    court.apply({ kind: 'configuration', configuration: { voters: [me.peer], learners: [asPeerId(name)] } })
  }
  const root = rootOfRows(court.rows.dump().map(([space, key, value]) => ({ space, key, hash: sha256(value) })))
  const position = { index: 1, term: termOf(0, 1), hash: asHash('0'.repeat(64)) }
  const configuration = { voters: [me.peer], learners: [] }
  expect(court.machine.verifySnapshot(court.rows, { id: '', position, stampMs: 1, configuration, sizeBytes: 1, root })).toBeNull()
})

test('what apply would refuse of a command by itself is known before it is signed', () => {
  const code = (command: unknown) => commandFault(command)?.code ?? 'fine'
  const put = (key: string, value: unknown) => code({ kind: 'put', key, value })
  expect(put('a', { b: 1 })).toBe('fine')
  expect(put('a b', 1)).toBe('bad-key')
  expect(put('bzzz-admin/x', 1)).toBe('forbidden')
  expect(put('a', '\ud800')).toBe('bad-value')
  expect(put('a', undefined)).toBe('bad-value')
  expect(put('a', Number.NaN)).toBe('bad-value')
  expect(put('a', 'x'.repeat(70_000))).toBe('too-large')
  expect(code({ kind: 'delete', key: '' })).toBe('bad-key')
  expect(code({ kind: 'delete', key: 'a' })).toBe('fine')
  expect(code({ kind: 'ticket', signed: '\ud800' })).toBe('bad-value')
  expect(code({ kind: 'ticket', signed: 'x'.repeat(200_000) })).toBe('too-large')
  for (const none of [null, 1, 'put', []]) expect(code(none)).toBe('bad-command')
})
