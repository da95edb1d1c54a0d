import { describe, expect, test } from 'bun:test'
import { Fault } from '../../src/base/index.ts'
import type { Body } from '../../src/consensus/messages.ts'
import type { SnapshotOffer } from '../../src/consensus/types.ts'
import { a, append, b, c, createMember, endOf, logOf, offerAt, refusal, three } from './member.ts'

const compacted = logOf([1, 1, 1, 1, 1])
const base = { position: endOf(compacted), stampMs: 5 }
const offer = offerAt(endOf(compacted), three, 100)

describe('a leader whose follower lacks what is compacted', () => {
  const leading = () => {
    const member = createMember({ base, log: logOf([1], endOf(compacted)), rules: { chunkBytes: 40 } })
    member.elect()
    member.ack(c)
    return member
  }
  const reply = (haveBytes: number, installed = false): Body => ({ kind: 'snapshot-reply', id: offer.id, haveBytes, installed, round: 0 })

  test('offers a snapshot, asks how much is there, and sends the rest chunk by chunk, then entries again', () => {
    const member = leading()
    expect(member.hear(b, refusal(6, 0, 2))).toEqual(['take a snapshot at 5 or later for b', '→ b heartbeat after 5, commit 7 @2'])
    expect(member.act({ kind: 'snapshot-taken', to: b, offer })).toEqual(['→ b chunk at 0 (how much?)'])
    expect(member.hear(b, reply(0))).toEqual(['→ b chunk at 0'])
    expect(member.hear(b, reply(40))).toEqual(['→ b chunk at 40'])
    expect(member.hear(b, reply(80))).toEqual(['→ b chunk at 80'])
    expect(member.hear(b, reply(100))).toEqual([])
    expect(member.hear(b, reply(100, true))).toEqual(['→ b append 6-7 after 5, commit 7 @2'])
  })

  test('goes on where the follower has it already', () => {
    const member = leading()
    member.hear(b, refusal(6, 0, 2))
    member.act({ kind: 'snapshot-taken', to: b, offer })
    expect(member.hear(b, reply(80))).toEqual(['→ b chunk at 80'])
  })

  test('a repeated answer does not double the stream; a lost one is asked for again', () => {
    const member = leading()
    member.hear(b, refusal(6, 0, 2))
    member.act({ kind: 'snapshot-taken', to: b, offer })
    member.hear(b, reply(40))
    expect(member.hear(b, reply(40))).toEqual([])
    const lines: string[] = []
    for (let round = 0; round < 3; round++) {
      member.ack(c)
      lines.push(...member.wait(200))
    }
    expect(lines).toContain('→ b chunk at 0 (how much?)')
    expect(member.hear(b, reply(40))).toEqual(['→ b chunk at 40'])
  })

  test('keeps sending heartbeats meanwhile, and learns from their answers that the follower caught up', () => {
    const member = leading()
    member.hear(b, refusal(6, 0, 2))
    expect(member.wait(200)).toContain('→ b heartbeat after 5, commit 7 @2')
    expect(member.ack(b, 5)).toEqual(['→ b append 6-7 after 5, commit 7 @2'])
  })

  test('takes another when the bytes are gone, and tries again when none can be taken', () => {
    const member = leading()
    member.hear(b, refusal(6, 0, 2))
    member.act({ kind: 'snapshot-failed', to: b })
    expect(member.wait(200)).toContain('take a snapshot at 5 or later for b')
    member.act({ kind: 'snapshot-taken', to: b, offer })
    expect(member.act({ kind: 'snapshot-gone', to: b })).toEqual(['take a snapshot at 5 or later for b'])
  })
})

describe('a follower that is sent a snapshot', () => {
  const piece = (given: SnapshotOffer, offset: number, chunk = 'AAAA'): Body => ({
    kind: 'snapshot',
    offer: given,
    offset,
    chunk,
    round: 1,
  })
  const kept = (haveBytes: number) => ({ kind: 'chunk-kept', from: a, id: offer.id, haveBytes, round: 1 }) as const

  test('keeps what comes, says how much it has, installs what is complete, and starts behind it', () => {
    const member = createMember({ self: b })
    expect(member.hear(a, piece(offer, 0))).toEqual(['keep chunk at 0'])
    expect(member.act(kept(60))).toEqual(['→ a snapshot: have 60 @1'])
    member.hear(a, piece(offer, 60))
    expect(member.act(kept(100))).toEqual(['→ a snapshot: have 100 @1', 'save install', 'installed 5', '→ a snapshot installed @1'])
    expect(member.state.log.last).toEqual(offer.position)
    expect(member.state.commitIndex).toBe(5)
    expect(member.hear(a, append(logOf([1], offer.position), { previous: offer.position }))).toContain('→ a ack 6 @1')
  })

  test('never puts a snapshot over newer state, and says that it is there', () => {
    const log = logOf([1, 1, 1, 1, 1, 1])
    const member = createMember({ self: b, log, applied: 6 })
    expect(member.hear(a, piece(offer, 0))).toEqual(['→ a snapshot installed @1'])
  })

  test('a log that reaches there already needs none', () => {
    const log = logOf([1, 1, 1, 1, 1, 1])
    const member = createMember({ self: b, log, applied: 2 })
    expect(member.hear(a, piece(offer, 0))).toContain('→ a snapshot installed @1')
    expect(member.state.commitIndex).toBe(5)
  })

  test('one that does not verify is dropped, and none is taken for a while', () => {
    const member = createMember({ self: b, quickDisk: false })
    member.hear(a, piece(offer, 0))
    member.act(kept(100))
    member.act({ kind: 'commit-failed', fault: new Fault('snapshot-invalid', 'Its rows are not signed.') })
    expect(member.hear(a, piece(offer, 0))).toEqual([])
    expect(member.state.saving.suspect).toBe(false)
    member.wait(6_000)
    expect(member.hear(a, piece(offer, 0))).toEqual(['keep chunk at 0'])
  })

  test('heartbeats are answered while it installs; entries wait', () => {
    const member = createMember({ self: b, quickDisk: false })
    member.hear(a, piece(offer, 0))
    member.act(kept(100))
    expect(member.hear(a, append(logOf([1])))).toEqual(['→ a ack 0 @1'])
    expect(member.state.log.lastIndex).toBe(0)
  })

  test('from nobody but the leader of the term', () => {
    const member = createMember({ self: b, term: 3 })
    member.hear(a, append([]))
    expect(member.hear(c, piece(offer, 0))).toEqual([])
    expect(member.hear(c, piece(offer, 0), { term: 2 })).toEqual(['→ c no fit at 0, try 0 @3'])
  })
})
