import { describe, expect, test } from 'bun:test'
import type { Json, Term } from '../../src/base/index.ts'
import { freshIdentity, freshSigner, makeAdmission, type Signer, sign } from '../../src/keys/index.ts'
import {
  admitCommand,
  auditTail,
  clusterVersion,
  electionKey,
  electionOf,
  protectedDeleteCommand,
  protectedPutCommand,
  putCommand,
  removeCommand,
  revokeTicketCommand,
  signerOfCommand,
  ticketCommand,
  versionCommand,
} from '../../src/ledger/index.ts'
import { type Court, hourMs, openCourt } from './court.ts'

const signers = ['member', 'leader', 'operator', 'admin', 'master', 'ticket', 'stranger'] as const
type Who = (typeof signers)[number]

interface Scene extends Court {
  readonly second: ReturnType<Court['admitted']>
  readonly openTicket: Signer
}

/** A cluster of two whose founder leads, with a ticket open and one protected record. */
const openScene = (): Scene => {
  const court = openCourt()
  const second = court.admitted('two')
  const openTicket = freshSigner()
  court.act(court.founder, ticketCommand(court.cluster, openTicket.publicKey, court.nowMs + hourMs, court.operator))
  court.act(court.founder, protectedPutCommand(court.cluster, 'bzzz-admin/x', 1, 1, court.admin))
  for (const keys of [court.founder, second]) {
    court.act(keys, { kind: 'announce', name: `n-${keys.peer.slice(-4)}`, zone: null, addresses: [], version: '1.0.0', supports: 2 })
  }
  return Object.assign(court, { second, openTicket })
}

const keyOf = (scene: Scene, who: Who): Signer =>
  ({
    member: scene.second.signer,
    leader: scene.founder.signer,
    operator: scene.operator,
    admin: scene.admin,
    master: scene.master,
    ticket: scene.openTicket,
    stranger: freshSigner(),
  })[who]

const joiner = () => {
  const keys = freshIdentity()
  return { peer: keys.peer, name: 'new', zone: null, sealingKey: keys.sealing.publicKey, tlsFingerprint: null, addresses: [] }
}

/** Each command in a form that would be accepted from the right signer. */
const attempts: Readonly<Record<string, (scene: Scene, key: Signer) => Json>> = {
  ticket: ({ cluster, nowMs }, key) => ticketCommand(cluster, freshSigner().publicKey, nowMs + hourMs, key),
  'revoke-ticket': ({ cluster, openTicket }, key) => revokeTicketCommand(cluster, openTicket.publicKey, key),
  admit: ({ cluster }, key) => admitCommand(cluster, joiner(), key),
  remove: ({ cluster, second }, key) => removeCommand(cluster, second.peer, second.ticket, key),
  'protected-put': ({ cluster }, key) => protectedPutCommand(cluster, 'bzzz-admin/x', 2, 2, key),
  'protected-delete': ({ cluster }, key) => protectedDeleteCommand(cluster, 'bzzz-admin/x', 2, key),
}

describe('commands that somebody else signs', () => {
  for (const [kind, attempt] of Object.entries(attempts)) {
    for (const who of signers) {
      const allowed = signerOfCommand.get(kind) === who
      test(`${kind} signed by ${who}: ${allowed ? 'done' : 'refused, audited, nothing changed'}`, () => {
        const scene = openScene()
        const before = stateBut(scene, 'audit')
        const [result] = scene.act(scene.founder, attempt(scene, keyOf(scene, who)))
        expect(result).toMatchObject(allowed ? { ok: true } : { ok: false, code: 'forbidden' })
        const [last] = auditTail(scene.rows, 1)
        if (allowed) return expect(last?.act).not.toBe('refused')
        expect(last).toMatchObject({ act: 'refused', actor: scene.founder.peer, detail: { command: kind, code: 'forbidden' } })
        expect(stateBut(scene, 'audit')).toEqual(before)
      })
    }
  }

  test('the table knows every command that needs a signature of its own', () => {
    const carried = [...signerOfCommand].filter(([, signer]) => signer !== 'member' && signer !== 'leader').map(([kind]) => kind)
    expect(Object.keys(attempts).sort()).toEqual(carried.sort())
  })
})

describe('commands of members and of the leader', () => {
  test('a stranger does nothing at all, and the attempt is audited', () => {
    const scene = openScene()
    const stranger = freshIdentity()
    const commands: Json[] = [
      putCommand('a', 1),
      { kind: 'delete', key: 'a' },
      { kind: 'announce', name: 'x', zone: null, addresses: [], version: '1', supports: 1 },
      versionCommand(2),
    ]
    expect(scene.act(stranger, ...commands)).toMatchObject(commands.map(() => ({ ok: false, code: 'not-a-member' })))
    expect(auditTail(scene.rows, 1)).toMatchObject([
      { act: 'refused', actor: 'stranger', detail: { author: stranger.peer, code: 'not-a-member' } },
    ])
  })

  test('only the leader of the very term raises the cluster version, and only to what every member knows', () => {
    const scene = openScene()
    expect(scene.act(scene.second, versionCommand(2))).toMatchObject([{ ok: false, code: 'forbidden' }])
    expect(scene.act(scene.founder, versionCommand(3))).toMatchObject([{ ok: false, code: 'not-ready' }])
    expect(scene.act(scene.founder, versionCommand(2))).toEqual([{ ok: true, version: 2 }])
    expect(scene.act(scene.founder, versionCommand(2))).toMatchObject([{ ok: false, code: 'conflict', version: 2 }])
    expect(clusterVersion(scene.rows)).toBe(2)
  })

  test('a leader of an earlier term is no leader any more', () => {
    const scene = openScene()
    const entry = scene.entry({ kind: 'batch', body: scene.seal(scene.founder, [versionCommand(2)], { seq: 50, ackedBelow: 1 }) })
    const answer = scene.machine.apply(scene.rows, { ...entry, term: 2 as Term })
    expect(answer).toMatchObject({ results: [{ ok: false, code: 'forbidden' }] })
  })

  test('a stranger never becomes leader in the state', () => {
    const scene = openScene()
    expect(scene.apply({ kind: 'noop', leader: freshIdentity().peer })).toMatchObject({ refused: { code: 'forbidden' } })
    expect(scene.act(scene.founder, versionCommand(2))).toMatchObject([{ ok: true }])
  })

  test('protected keys are closed to members, other keys to the admin key', () => {
    const scene = openScene()
    expect(scene.act(scene.founder, putCommand('bzzz-admin/x', 1), { kind: 'delete', key: 'bzzz-admin/x' })).toMatchObject([
      { ok: false, code: 'forbidden' },
      { ok: false, code: 'forbidden' },
    ])
    expect(auditTail(scene.rows, 1)).toMatchObject([{ act: 'refused', detail: { command: 'delete' } }])
    expect(scene.act(scene.founder, protectedPutCommand(scene.cluster, 'plain', 1, 1, scene.admin))).toMatchObject([{ code: 'forbidden' }])
  })

  test('nobody announces another member', () => {
    const scene = openScene()
    const before = scene.rows.get('members', scene.second.peer)
    const forged = { kind: 'announce', peer: scene.second.peer, name: 'evil', zone: null, addresses: [], version: '1', supports: 1 }
    expect(scene.act(scene.founder, forged)).toMatchObject([{ ok: false, code: 'bad-command' }])
    expect(scene.rows.get('members', scene.second.peer)).toBe(before)
  })
})

describe('an old signature', () => {
  test('of the admin key never writes a protected record a second time', () => {
    const scene = openScene()
    const put = protectedPutCommand(scene.cluster, 'bzzz-admin/y', 'old', 1, scene.admin)
    const gone = protectedDeleteCommand(scene.cluster, 'bzzz-admin/y', 2, scene.admin)
    expect(scene.act(scene.founder, put, gone)).toMatchObject([{ ok: true }, { ok: true }])
    expect(scene.act(scene.second, put, gone)).toMatchObject([
      { ok: false, code: 'conflict' },
      { ok: false, code: 'conflict' },
    ])
  })

  test('of the admin key never removes a member that was admitted again', () => {
    const scene = openScene()
    const removal = removeCommand(scene.cluster, scene.second.peer, scene.second.ticket, scene.admin)
    expect(scene.act(scene.founder, removal)).toMatchObject([{ ok: true }])
    const ticket = freshSigner()
    const again = { ...joiner(), peer: scene.second.peer }
    scene.act(scene.founder, ticketCommand(scene.cluster, ticket.publicKey, scene.nowMs + hourMs, scene.operator))
    expect(scene.act(scene.founder, admitCommand(scene.cluster, again, ticket))).toMatchObject([{ ok: true }])
    expect(scene.act(scene.founder, removal)).toMatchObject([{ ok: false, code: 'conflict' }])
  })

  test('made for another purpose is worth nothing', () => {
    const scene = openScene()
    const { cluster, admin, openTicket } = scene
    const asRemoval = sign(admin, 'protected-put', cluster, { peer: scene.second.peer, ticket: scene.second.ticket })
    const asAdmission = sign(openTicket, 'ticket', cluster, joiner())
    expect(scene.act(scene.founder, { kind: 'remove', signed: asRemoval }, { kind: 'admit', signed: asAdmission })).toMatchObject([
      { ok: false, code: 'bad-command' },
      { ok: false, code: 'bad-command' },
    ])
    expect(scene.act(scene.founder, { kind: 'admit', signed: makeAdmission(cluster, joiner(), openTicket), more: 1 })).toMatchObject([
      { ok: false, code: 'bad-command' },
    ])
  })
})

test('the last member stays', () => {
  const court = openCourt()
  expect(court.act(court.founder, removeCommand(court.cluster, court.founder.peer, null, court.admin))).toMatchObject([
    { code: 'last-member' },
  ])
})

test('election weights are a protected setting with a form', () => {
  const scene = openScene()
  const { genesis } = scene.machine
  const weights = { stability: 0.2, network: 0.2, headroom: 0.2, capacity: 0.2, preference: 0.2 }
  const setting = { weights, preferences: [{ peer: scene.second.peer, preference: 0 }] }
  expect(electionOf(scene.rows, genesis).weights.stability).toBe(0.3)
  const bad = protectedPutCommand(scene.cluster, electionKey, { weights: { ...weights, stability: 3 } }, 1, scene.admin)
  expect(scene.act(scene.founder, bad)).toMatchObject([{ ok: false, code: 'bad-value' }])
  expect(scene.act(scene.founder, protectedPutCommand(scene.cluster, electionKey, setting, 1, scene.admin))).toMatchObject([{ ok: true }])
  const election = electionOf(scene.rows, genesis)
  expect([election.weights, election.preferences.get(scene.second.peer)]).toEqual([weights, 0])
  expect(scene.act(scene.founder, protectedDeleteCommand(scene.cluster, electionKey, 2, scene.admin))).toMatchObject([{ ok: true }])
  expect(electionOf(scene.rows, genesis).weights.stability).toBe(0.3)
})

/** All rows except those that keep book of attempts. */
const stateBut = (scene: Scene, book: string) =>
  scene.rows
    .dump()
    .filter(([space, key]) => space !== book && space !== 'results' && space !== 'sessions' && !/^(audit|refusals)/.test(key))
