import { Database } from 'bun:sqlite'
import { expect, test } from 'bun:test'
import { Key } from 'interface-datastore'
import { createDatastore } from '../../src/store/datastore.ts'
import { migrate } from '../../src/store/migrate.ts'
import { createTransactions } from '../../src/store/transactions.ts'
import { freshFolder, open } from './ground.ts'

const bytes = (...values: number[]) => new Uint8Array(values)
const collect = async <Item>(items: AsyncIterable<Item> | Iterable<Item>): Promise<Item[]> => {
  const all: Item[] = []
  for await (const item of items) all.push(item)
  return all
}

test('what libp2p remembers is there after a restart', async () => {
  const folder = freshFolder()
  const { datastore, ...store } = open(folder)
  await datastore.put(new Key('/peers/a'), bytes(1))
  await datastore.put(new Key('/peers/b'), bytes(2))
  await datastore.put(new Key('/peers/a'), bytes(3, 0, 255))
  await datastore.put(new Key('/dht/x'), bytes())
  await datastore.delete(new Key('/peers/b'))
  store[Symbol.dispose]()
  const again = open(folder).datastore
  expect(await again.get(new Key('/peers/a'))).toEqual(bytes(3, 0, 255))
  expect(await again.get(new Key('/dht/x'))).toEqual(bytes())
  expect([await again.has(new Key('/peers/a')), await again.has(new Key('/peers/b'))]).toEqual([true, false])
  expect(() => again.get(new Key('/peers/b'))).toThrow('Not found')
})

test('queries by prefix, with filters and batches, as libp2p asks them', async () => {
  const { datastore } = open(freshFolder())
  const batch = datastore.batch()
  for (let n = 0; n < 450; n++) batch.put(new Key(`/p/${String(n).padStart(3, '0')}`), bytes(n % 256))
  batch.put(new Key('/q'), bytes(9))
  await batch.commit()
  expect(await collect(datastore.query({ prefix: '/p/' }))).toHaveLength(450)
  expect((await collect(datastore.queryKeys({ prefix: '/q' }))).map(String)).toEqual(['/q'])
  const some = await collect(datastore.query({ prefix: '/p/', filters: [({ value }) => value[0] === 7], limit: 1 }))
  expect(some.map(({ key }) => String(key))).toEqual(['/p/007'])
  for await (const key of datastore.queryKeys({ prefix: '/p/' })) await datastore.delete(key)
  expect(await collect(datastore.query({}))).toHaveLength(1)
})

test('it is bounded: what was written longest ago goes, and what is too large is not kept', async () => {
  const database = new Database(':memory:')
  migrate(database, 'memory')
  const datastore = createDatastore(database, createTransactions(database), 200)
  for (let n = 0; n < 200; n++) await datastore.put(new Key(`/n/${n}`), bytes(1))
  await datastore.put(new Key('/n/0'), bytes(2))
  await datastore.put(new Key('/n/200'), bytes(1))
  expect(await collect(datastore.queryKeys({}))).toHaveLength(181)
  expect([await datastore.has(new Key('/n/0')), await datastore.has(new Key('/n/1'))]).toEqual([true, false])
  await datastore.put(new Key('/large'), new Uint8Array(300_000))
  expect(await datastore.has(new Key('/large'))).toBe(false)
})
