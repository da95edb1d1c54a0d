import { expect, test } from 'bun:test'
import { asPeerId } from '../../src/base/index.ts'
import type { PeerSight } from '../../src/node/index.ts'
import { Sightings } from '../../src/node/sightings.ts'

const nova = asPeerId('nova')
const sight = (health: PeerSight['health']): PeerSight => ({
  peer: nova,
  connected: true,
  address: null,
  rttMs: 0.5,
  heardMsAgo: 10,
  health,
  reason: null,
})

test('a peer that was down a quarter of the time was healthy for three quarters', () => {
  const seen = new Sightings(0)
  for (let second = 1; second <= 60; second += 1) seen.observe([sight(second % 4 === 0 ? 'down' : 'healthy')], second * 1000)
  expect(seen.of(nova)).toMatchObject({ healthyShare: 0.75, observedMs: 60_000 })
})

test('only the last hour counts', () => {
  const seen = new Sightings(0)
  for (let second = 1; second <= 3_600; second += 1) seen.observe([sight('down')], second * 1000)
  for (let second = 3_601; second <= 7_300; second += 1) seen.observe([sight('healthy')], second * 1000)
  expect(seen.of(nova)?.healthyShare).toBe(1)
})

test('a peer not heard yet is not judged', () => {
  const seen = new Sightings(0)
  seen.observe([sight('unknown')], 1000)
  expect(seen.of(nova)).toBeNull()
})

test('a peer that is no longer listed is forgotten', () => {
  const seen = new Sightings(0)
  seen.observe([sight('healthy')], 1000)
  seen.observe([], 2000)
  expect(seen.all()).toEqual({})
})

test('a restart is counted', () => {
  const seen = new Sightings(0)
  seen.observe([sight('healthy')], 1000)
  seen.restarted(nova)
  expect(seen.of(nova)?.restarts).toBe(1)
})
