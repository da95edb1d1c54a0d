import { expect, test } from 'bun:test'
import { Key } from 'interface-datastore'
import { BoundedDatastore } from '../../src/mesh/bounded-datastore.ts'

const key = (number: number): Key => new Key(`/dht/provider/${number}`)

test('of too many values the newest stay, and what is written again is new', async () => {
  const store = new BoundedDatastore(3)
  for (const number of [1, 2, 3]) await store.put(key(number), Uint8Array.of(number))
  await store.put(key(1), Uint8Array.of(11))
  await store.put(key(4), Uint8Array.of(4))
  expect([await store.has(key(1)), await store.has(key(2)), await store.has(key(3)), await store.has(key(4))]).toEqual([
    true,
    false,
    true,
    true,
  ])
  expect(await store.get(key(1))).toEqual(Uint8Array.of(11))
})

test('a value that was deleted leaves its place, and a large one is refused', async () => {
  const store = new BoundedDatastore(2)
  await store.put(key(1), Uint8Array.of(1))
  await store.delete(key(1))
  for (const number of [2, 3]) await store.put(key(number), Uint8Array.of(number))
  expect(await store.has(key(2))).toBe(true)
  expect(store.put(key(4), new Uint8Array(65_537))).rejects.toThrow('over the limit')
})
