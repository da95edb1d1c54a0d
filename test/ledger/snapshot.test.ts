import { expect, test } from 'bun:test'
import { canonical, rootOfRows, sha256 } from '../../src/base/index.ts'
import type { SnapshotOffer } from '../../src/consensus/ports.ts'
import { freshIdentity, freshSigner, makeAdmission, makeTicket } from '../../src/keys/index.ts'
import { makeTakeover, protectedDeleteCommand, protectedPutCommand, putCommand, ticketCommand } from '../../src/ledger/index.ts'
import { createRows, type Rows } from '../support/rows.ts'
import { type Court, hourMs, openCourt } from './court.ts'

const openScene = () => {
  const court = openCourt()
  const second = court.admitted('two')
  const { cluster, founder: me, admin, operator } = court
  court.act(me, putCommand('a', 1), putCommand('b', { c: 'ä' }), { kind: 'delete', key: 'a' })
  court.act(me, protectedPutCommand(cluster, 'bzzz-admin/x', { y: 1 }, 1, admin), protectedPutCommand(cluster, 'bzzz-admin/z', 1, 1, admin))
  court.act(me, protectedDeleteCommand(cluster, 'bzzz-admin/z', 2, admin))
  court.act(me, ticketCommand(cluster, freshSigner().publicKey, court.nowMs + hourMs, operator))
  court.apply({ kind: 'configuration', configuration: { voters: [me.peer], learners: [second.peer] } })
  return { court, second }
}

const offerOf = (rows: Rows): SnapshotOffer => ({
  id: '0'.repeat(64),
  position: { index: 1, term: 0 as SnapshotOffer['position']['term'], hash: sha256('') },
  stampMs: 1,
  configuration: { voters: [], learners: [] },
  sizeBytes: 1,
  // What a hostile sender would say: the root of whatever it sends.
  root: rootOfRows(rows.dump().map(([space, key, value]) => ({ space, key, hash: sha256(value) }))),
})

const verdict = ({ machine }: Court, rows: Rows) => machine.verifySnapshot(rows, offerOf(rows))
/** The state with one row changed as a forger would, root and all. */
const forged = (court: Court, space: string, key: string, change: (row: never) => unknown) => {
  const rows = createRows(court.rows.dump())
  const text = rows.get(space, key)
  rows.put(space, key, canonical(change((text === undefined ? undefined : JSON.parse(text)) as never)))
  return verdict(court, rows)
}

test('an honest state is accepted, by anybody who knows the genesis', () => {
  const { court } = openScene()
  expect(verdict(court, court.rows)).toBeNull()
})

test('a state is accepted only with the root that was offered', () => {
  const { court } = openScene()
  expect(court.machine.verifySnapshot(court.rows, { ...offerOf(court.rows), root: sha256('x') })?.message).toContain(
    'root that was offered',
  )
})

test('a snapshot of a later cluster epoch needs the master key’s word for it', () => {
  const { court, second } = openScene()
  const fields = { id: 't', base: offerOf(court.rows).position, configuration: { voters: [second.peer], learners: [] } }
  const under = (key: typeof court.master) => {
    const { kind: _, ...takeover } = makeTakeover(court.cluster, fields, key)
    return court.machine.verifySnapshot(court.rows, { ...offerOf(court.rows), configuration: { ...fields.configuration, takeover } })
  }
  expect(under(court.master)).toBeNull()
  expect(under(court.admin)?.message).toContain('not signed by the master key')
})

test('a state of another cluster is refused', () => {
  expect(verdict(openCourt(), openCourt().rows)?.message).toContain('another cluster')
  expect(verdict(openCourt(), createRows())?.message).toContain('another cluster')
})

test('a member that nothing proves is refused', () => {
  const { court, second } = openScene()
  const stranger = freshIdentity()
  expect(forged(court, 'members', stranger.peer, () => JSON.parse(court.rows.get('members', second.peer) ?? ''))?.message).toContain(
    'another node',
  )
  expect(forged(court, 'members', stranger.peer, () => JSON.parse(court.rows.get('members', court.founder.peer) ?? ''))?.message).toContain(
    'nothing proves',
  )
  const [ticket, thief] = [freshSigner(), freshSigner()]
  const joiner = { peer: stranger.peer, name: 'x', zone: null, sealingKey: stranger.sealing.publicKey, tlsFingerprint: null, addresses: [] }
  const proof = { ticket: makeTicket(court.cluster, ticket.publicKey, 1, thief), admission: makeAdmission(court.cluster, joiner, ticket) }
  const { peer: _, ...facts } = joiner
  const row = { ...facts, version: null, supports: null, index: 1, stampMs: 1, ticket: ticket.publicKey, proof }
  expect(forged(court, 'members', stranger.peer, () => row)?.message).toContain('not signed by an operator')
})

test('a member with other keys than it came in with is refused', () => {
  const { court, second } = openScene()
  const other = freshIdentity().sealing.publicKey
  for (const peer of [second.peer, court.founder.peer]) {
    expect(forged(court, 'members', peer, (row: object) => ({ ...row, sealingKey: other }))?.message).toContain('its keys')
    expect(forged(court, 'members', peer, (row: object) => ({ ...row, tlsFingerprint: 'a'.repeat(64) }))?.message).toContain('its keys')
  }
})

test('one ticket for two members is refused', () => {
  const { court, second } = openScene()
  const row = JSON.parse(court.rows.get('members', second.peer) ?? '')
  const rows = createRows(court.rows.dump())
  // The very member a second time cannot be: its row is its name. A second row with its admission names another node, and that is noticed first.
  rows.put('members', freshIdentity().peer, canonical(row))
  expect(verdict(court, rows)?.message).toContain('another node')
})

test('a protected value that the admin key did not sign is refused, a plain one needs no signature', () => {
  const { court } = openScene()
  const x = 'bzzz-admin/x'
  expect(forged(court, 'kv', x, (row: object) => ({ ...row, value: 2 }))?.message).toContain('not what the admin key signed')
  expect(forged(court, 'kv', x, (row: object) => ({ ...row, version: 2 }))?.message).toContain('not what the admin key signed')
  expect(forged(court, 'kv', 'bzzz-admin/new', () => JSON.parse(court.rows.get('kv', x) ?? ''))?.message).toContain('not what the admin')
  expect(forged(court, 'kv', x, ({ signed: _, ...row }: { signed: string }) => row)?.message).toContain('did not sign')
  expect(forged(court, 'kv', 'bzzz-admin/z', ({ deleted: _, ...row }: { deleted: boolean }) => ({ ...row, value: 1 }))?.message).toContain(
    'bzzz-admin/z: It is not a protected-put',
  )
  const other = protectedPutCommand(court.cluster, x, 2, 1, freshSigner()) as { signed: string }
  expect(forged(court, 'kv', x, (row: object) => ({ ...row, value: 2, signed: other.signed }))?.message).toContain('did not sign')
  expect(forged(court, 'kv', 'b', (row: object) => ({ ...row, value: { c: 'o' } }))).toBeNull()
})

test('a ticket that no operator signed is refused', () => {
  const { court } = openScene()
  const [ticket, thief] = [freshSigner(), freshSigner()]
  const expiresMs = court.nowMs + hourMs
  const row = (by: typeof thief) => ({
    signed: makeTicket(court.cluster, ticket.publicKey, expiresMs, by),
    ...{ expiresMs, state: 'open', usedBy: null, index: 1, stampMs: 1 },
  })
  expect(forged(court, 'tickets', ticket.publicKey, () => row(thief))?.message).toContain('not signed by an operator')
  expect(forged(court, 'tickets', freshSigner().publicKey, () => row(court.operator))?.message).toContain('not the ticket')
  expect(forged(court, 'tickets', ticket.publicKey, () => ({ ...row(court.operator), expiresMs: expiresMs + 1 }))?.message).toContain(
    'not the ticket',
  )
  expect(forged(court, 'tickets', ticket.publicKey, () => row(court.operator))).toBeNull()
})

test('the ticket of a member cannot be shown as open again', () => {
  const { court, second } = openScene()
  const { ticket } = second
  expect(forged(court, 'tickets', ticket, (row: object) => ({ ...row, state: 'open', usedBy: null }))?.message).toContain('used by it')
  expect(forged(court, 'tickets', ticket, (row: object) => ({ ...row, usedBy: court.founder.peer }))?.message).toContain('used by it')
})

test('a state that lies about how much its records take is refused', () => {
  const { court } = openScene()
  expect(forged(court, 'meta', 'usage', (row: { records: number }) => ({ ...row, records: row.records - 1 }))?.message).toContain(
    'how much',
  )
  expect(forged(court, 'meta', 'usage', (row: object) => ({ ...row, chars: 0 }))?.message).toContain('how much')
})

test('an audit chain that was altered, shortened or cut is refused', () => {
  const { court } = openScene()
  const keys = court.rows.list('audit').map(({ key }) => key)
  const [first = '', middle = ''] = [keys[0], keys[2]]
  const last = keys.at(-1) ?? ''
  expect(forged(court, 'audit', middle, (row: object) => ({ ...row, actor: 'nobody' }))?.message).toContain('altered')
  for (const key of [first, middle, last]) {
    const rows = createRows(court.rows.dump())
    rows.delete('audit', key)
    expect(verdict(court, rows)?.message).toContain('missing')
  }
  expect(forged(court, 'meta', 'audit', (row: { n: number }) => ({ ...row, n: row.n - 1 }))?.message).toContain('does not end')
})

test('rows of no known form are refused, and hostile ones harm nobody', () => {
  const { court } = openScene()
  const rows = (space: string, key: string, text: string) => {
    const copy = createRows(court.rows.dump())
    copy.put(space, key, text)
    return verdict(court, copy)?.message
  }
  expect(rows('kv', 'k', 'nonsense')).toContain('cannot be read')
  expect(rows('kv', 'k', '['.repeat(200_000))).toContain('cannot be trusted')
  expect(rows('kv', 'k', '['.repeat(20_000) + ']'.repeat(20_000))).toContain('cannot be trusted')
  expect(rows('kv', 'b c', court.rows.get('kv', 'b') ?? '')).toContain('its key is not allowed')
  expect(rows('kv', 'k', (court.rows.get('kv', 'b') ?? '').replace('{', '{ '))).toContain('not canonical')
  expect(rows('kv', 'k', '{"__proto__":{"x":1}}')).toContain('form of its space')
  expect(rows('meta', 'else', court.rows.get('meta', 'leader') ?? '')).toContain('does not fit its kind')
  expect(rows('unheard-of', 'k', '1')).toContain('root that was offered')
})
