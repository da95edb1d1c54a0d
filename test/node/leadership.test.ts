import { expect, test } from 'bun:test'
import { asPeerId, type PeerId, termOf } from '../../src/base/index.ts'
import type { Status } from '../../src/consensus/index.ts'
import { LeadershipStory } from '../../src/node/leadership.ts'
import type { Report } from '../../src/node/report.ts'

const [atlas, nova] = [asPeerId('atlas'), asPeerId('nova')]
const status = (leader: PeerId | null, term: number, voters: PeerId[] = [atlas, nova]): Status => ({
  self: nova,
  role: 'follower',
  term: termOf(0, term),
  leader,
  commitIndex: 1,
  appliedIndex: 1,
  lastIndex: 1,
  firstIndex: 1,
  lastStampMs: 1,
  configuration: { voters, learners: [] },
  ranks: {},
  peers: {},
  leaderHeardMsAgo: 0,
  haltedBecause: null,
})
const name = (peer: PeerId) => peer
const report = (facts: Partial<Report>): Report => ({
  version: '1',
  zone: null,
  addresses: [],
  capabilities: null,
  loopLagMs: 0,
  sightings: {},
  appliedIndex: 1,
  leads: null,
  handedOver: null,
  ...facts,
})

test('the founder leads because it founded the cluster', () => {
  expect(new LeadershipStory().changed(status(atlas, 1, [atlas]), name, 5, 5)?.because).toBe('it founded the cluster')
})

test('after a death the one that stood first leads', () => {
  const story = new LeadershipStory()
  story.changed(status(atlas, 1), name, 5, 5)
  expect(story.changed(status(null, 2), name, 6, 6)).toBeNull()
  expect(story.changed(status(nova, 2), name, 7, 7)?.because).toBe('atlas stopped answering and nova stood first')
})

test('a leader that hands over says why, and that is the reason', () => {
  const story = new LeadershipStory()
  story.changed(status(atlas, 1), name, 5, 5)
  story.heard(atlas, report({ handedOver: { to: nova, because: 'atlas was asked to hand over to it' } }), 6)
  expect(story.changed(status(nova, 2), name, 7, 7)?.because).toBe('atlas was asked to hand over to it')
})

test('an old word of a hand-over explains nothing', () => {
  const story = new LeadershipStory()
  story.changed(status(atlas, 1), name, 5, 5)
  story.handsOver(atlas, nova, 'asked', 6)
  expect(story.changed(status(nova, 2), name, 60_000, 60_000)?.because).toBe('atlas stopped answering and nova stood first')
})

test('the reason given by the leader of this very term wins over a guess', () => {
  const story = new LeadershipStory()
  story.changed(status(nova, 2), name, 7, 7)
  story.heard(nova, report({ leads: { term: termOf(0, 2), sinceMs: 3, because: 'it is the only voter' } }), 8)
  story.heard(atlas, report({ leads: { term: termOf(0, 2), sinceMs: 3, because: 'I say so' } }), 9)
  expect(story.current()).toMatchObject({ leader: nova, sinceMs: 3, because: 'it is the only voter' })
})

test('hand-overs of the last hour are remembered, whoever led', () => {
  const story = new LeadershipStory()
  story.changed(status(atlas, 1), name, 5, 5)
  story.handsOver(atlas, nova, 'asked', 6)
  story.changed(status(nova, 2), name, 7, 7)
  expect(story.handOversAtMs(8)).toEqual([7])
  expect(story.handOversAtMs(3_600_008)).toEqual([])
})

test('nobody but the leader hands over: other words explain nothing and cost no transfer', () => {
  const story = new LeadershipStory()
  story.changed(status(atlas, 1), name, 5, 5)
  story.heard(asPeerId('liar'), report({ handedOver: { to: nova, because: 'call this number' } }), 6)
  expect(story.changed(status(nova, 2), name, 7, 7)?.because).toBe('atlas stopped answering and nova stood first')
  expect(story.handOversAtMs(8)).toEqual([])
})

test('a machine that comes back has the reason from the report that came before it knew of a leader', () => {
  const story = new LeadershipStory()
  story.heard(atlas, report({ leads: { term: termOf(0, 4), sinceMs: 3, because: 'nova stopped answering and atlas stood first' } }), 8)
  expect(story.changed(status(atlas, 4), name, 9, 9)).toMatchObject({ sinceMs: 3, because: 'nova stopped answering and atlas stood first' })
  expect(story.changed(status(nova, 5), name, 20, 20)?.because).toBe('atlas stopped answering and nova stood first')
})
