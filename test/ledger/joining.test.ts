import { expect, test } from 'bun:test'
import { freshIdentity, freshSigner, makeAdmission } from '../../src/keys/index.ts'
import { admitCommand, members, removeCommand, revokeTicketCommand, ticketCommand, ticketState } from '../../src/ledger/index.ts'
import { hourMs, openCourt } from './court.ts'

const newcomer = (name = 'new') => {
  const keys = freshIdentity()
  const joiner = {
    peer: keys.peer,
    name,
    zone: 'rack-1',
    sealingKey: keys.sealing.publicKey,
    tlsFingerprint: 'f'.repeat(64),
    addresses: [],
  }
  return { keys, joiner }
}

const withTicket = () => {
  const court = openCourt()
  const ticket = freshSigner()
  expect(court.act(court.founder, ticketCommand(court.cluster, ticket.publicKey, court.nowMs + hourMs, court.operator))).toMatchObject([
    { ok: true },
  ])
  return { court, ticket, me: court.founder }
}

test('a ticket and its holder’s word make a member', () => {
  const { court, ticket, me } = withTicket()
  const { keys, joiner } = newcomer()
  expect(court.act(me, admitCommand(court.cluster, joiner, ticket))).toEqual([{ ok: true, peer: keys.peer, name: 'new' }])
  expect(members(court.rows)).toHaveLength(2)
  expect(members(court.rows).find(({ peer }) => peer === keys.peer)).toMatchObject({ ...joiner, ticket: ticket.publicKey, version: null })
  expect(ticketState(court.rows, ticket.publicKey)).toMatchObject({ state: 'used', usedBy: keys.peer })
  expect(court.act(keys, { kind: 'put', key: 'a', value: 1 })).toMatchObject([{ ok: true }])
})

test('nobody can put another node in the place of the one that holds the ticket', () => {
  const { court, ticket, me } = withTicket()
  const signed = makeAdmission(court.cluster, newcomer().joiner, ticket)
  const other = newcomer()
  const { peer } = JSON.parse(signed).body
  expect(court.act(me, { kind: 'admit', signed: signed.replace(peer, other.keys.peer) })).toMatchObject([{ code: 'bad-signature' }])
  expect(members(court.rows)).toHaveLength(1)
})

test('a ticket is used once, also for the same node', () => {
  const { court, ticket, me } = withTicket()
  const { joiner } = newcomer()
  const admission = admitCommand(court.cluster, joiner, ticket)
  expect(court.act(me, admission, admission, admitCommand(court.cluster, newcomer().joiner, ticket))).toMatchObject([
    { ok: true },
    { ok: false, code: 'used' },
    { ok: false, code: 'used' },
  ])
  expect(members(court.rows)).toHaveLength(2)
})

test('a member is admitted once', () => {
  const { court, ticket, me } = withTicket()
  expect(court.act(me, admitCommand(court.cluster, { ...newcomer().joiner, peer: me.peer }, ticket))).toMatchObject([
    { code: 'already-a-member' },
  ])
  expect(ticketState(court.rows, ticket.publicKey)?.state).toBe('open')
})

test('the leader’s stamp decides whether a ticket has expired', () => {
  const { court, ticket, me } = withTicket()
  court.nowMs += hourMs
  expect(court.act(me, admitCommand(court.cluster, newcomer().joiner, ticket))).toMatchObject([{ ok: false, code: 'expired' }])
  const expired = ticketCommand(court.cluster, freshSigner().publicKey, court.nowMs, court.operator)
  const endless = ticketCommand(court.cluster, freshSigner().publicKey, court.nowMs + 31 * 24 * hourMs, court.operator)
  expect(court.act(me, expired, endless)).toMatchObject([{ code: 'expired' }, { code: 'bad-command' }])
})

test('a used ticket cannot be issued again, neither before nor after it expired', () => {
  const { court, ticket, me } = withTicket()
  const again = ticketCommand(court.cluster, ticket.publicKey, court.nowMs + hourMs, court.operator)
  const { keys, joiner } = newcomer()
  court.act(me, admitCommand(court.cluster, joiner, ticket))
  court.act(me, removeCommand(court.cluster, keys.peer, ticket.publicKey, court.admin))
  expect(court.act(me, again)).toMatchObject([{ code: 'conflict' }])
  court.nowMs += 2 * hourMs
  court.act(me, ticketCommand(court.cluster, freshSigner().publicKey, court.nowMs + hourMs, court.operator))
  expect(ticketState(court.rows, ticket.publicKey)).toBeUndefined()
  expect(court.act(me, again, admitCommand(court.cluster, joiner, ticket))).toMatchObject([{ code: 'expired' }, { code: 'forbidden' }])
})

test('a revoked ticket opens nothing, and a used one cannot be revoked', () => {
  const { court, ticket, me } = withTicket()
  expect(court.act(me, revokeTicketCommand(court.cluster, ticket.publicKey, court.operator))).toMatchObject([{ ok: true }])
  expect(court.act(me, admitCommand(court.cluster, newcomer().joiner, ticket))).toMatchObject([{ code: 'revoked' }])
  const used = court.admitted('b')
  expect(court.act(me, revokeTicketCommand(court.cluster, used.ticket, court.operator))).toMatchObject([{ code: 'used' }])
  expect(court.act(me, revokeTicketCommand(court.cluster, freshSigner().publicKey, court.operator))).toMatchObject([{ code: 'not-found' }])
})

test('tickets and admissions of another cluster are worth nothing', () => {
  const { court, ticket, me } = withTicket()
  const other = openCourt().cluster
  expect(
    court.act(
      me,
      ticketCommand(other, freshSigner().publicKey, court.nowMs + hourMs, court.operator),
      admitCommand(other, newcomer().joiner, ticket),
    ),
  ).toMatchObject([{ code: 'other-cluster' }, { code: 'other-cluster' }])
})

test('what is no node is not admitted', () => {
  const { court, ticket, me } = withTicket()
  const { joiner } = newcomer()
  for (const peer of ['nobody', '__proto__', '', 'x'.repeat(65), `${joiner.peer}/x`]) {
    expect(court.act(me, admitCommand(court.cluster, { ...joiner, peer: peer as typeof joiner.peer }, ticket))).toMatchObject([
      { ok: false, code: 'bad-command' },
    ])
  }
})

test('two members never share a name', () => {
  const court = openCourt()
  const [b, c] = [court.admitted('one'), court.admitted('one')]
  expect(
    members(court.rows)
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['one', 'one-2', 'one-3'])
  const rename = { kind: 'announce', zone: null, addresses: ['/ip4/10.0.0.2/tcp/8081'], version: '0.1.0', supports: 1 }
  expect(court.act(b, { ...rename, name: 'gpu' })).toEqual([{ ok: true, name: 'gpu' }])
  expect(court.act(c, { ...rename, name: 'gpu' })).toEqual([{ ok: true, name: 'gpu-2' }])
  expect(court.act(c, { ...rename, name: 'gpu-2' })).toEqual([{ ok: true, name: 'gpu-2' }])
})

test('a removed member is out at once, and its earlier words cannot be played again after it came back', () => {
  const court = openCourt()
  const b = court.admitted('b')
  const old = court.seal(b, [{ kind: 'put', key: 'a', value: 'old' }], { seq: 1 })
  court.apply({ kind: 'batch', body: old })
  court.act(court.founder, removeCommand(court.cluster, b.peer, b.ticket, court.admin))
  expect(court.act(b, { kind: 'put', key: 'a', value: 'late' })).toMatchObject([{ code: 'not-a-member' }])
  const ticket = freshSigner()
  const joiner = { ...newcomer().joiner, peer: b.peer }
  court.act(court.founder, ticketCommand(court.cluster, ticket.publicKey, court.nowMs + hourMs, court.operator))
  court.act(court.founder, admitCommand(court.cluster, joiner, ticket))
  const body = court.seal(b, [{ kind: 'put', key: 'a', value: 'new' }], { incarnation: 2, seq: 1 })
  expect(court.apply({ kind: 'batch', body })).toMatchObject({ results: [{ ok: true }] })
  expect(court.apply({ kind: 'batch', body: old })).toMatchObject({ refused: { code: 'old-incarnation' } })
})

test('what a member signed before it was removed stays answered, also before its first new word', () => {
  const court = openCourt()
  const b = court.admitted('b')
  const put = (value: number) => ({ kind: 'put', key: 'a', value })
  const old = [1, 2, 9].map((seq) => court.seal(b, [put(seq)], { seq, ackedBelow: 1 }))
  for (const body of old) court.apply({ kind: 'batch', body })
  court.act(court.founder, removeCommand(court.cluster, b.peer, b.ticket, court.admin))
  expect(court.rows.list('results', { prefix: b.peer })).toEqual([])
  const ticket = freshSigner()
  court.act(court.founder, ticketCommand(court.cluster, ticket.publicKey, court.nowMs + hourMs, court.operator))
  court.act(court.founder, admitCommand(court.cluster, { ...newcomer().joiner, peer: b.peer }, ticket))
  for (const body of old) expect(court.apply({ kind: 'batch', body })).toMatchObject({ refused: { code: 'forgotten' } })
  expect(court.apply({ kind: 'batch', body: court.seal(b, [put(10)], { seq: 10 }) })).toMatchObject({ results: [{ ok: true }] })
})
