import { expect, test } from 'bun:test'
import { Fault } from '../../src/base/index.ts'
import { records } from '../../src/ledger/index.ts'
import { commit, createScribe, freshFolder, open, tryCommit } from './ground.ts'

test('on a full disk a commit fails as a whole, what was there stays readable, and it goes on once there is room', () => {
  const folder = freshFolder()
  const store = open(folder, { sizeBytesMax: 300_000 })
  const scribe = createScribe()
  const first = scribe.noop()
  commit(store, { append: [first], apply: [first] })
  let [before, root] = [store.load(), store.root()]
  const keys = (n: number) => Array.from({ length: 50 }, (_, k) => `key/${n}/${'x'.repeat(100)}/${k}`)
  let refused: Fault | undefined
  let entry = first
  for (let n = 0; n < 100 && refused === undefined; n++) {
    entry = scribe.puts(...keys(n))
    const outcome = tryCommit(store, { append: [entry], apply: [entry] })
    if (outcome instanceof Fault) refused = outcome
    else [before, root] = [store.load(), store.root()]
  }
  expect(refused?.code).toBe('disk-full')
  expect(refused?.hint).toContain('Free some space')
  expect(store.load()).toEqual(before)
  expect(store.root()).toBe(root)
  expect(tryCommit(store, { append: [entry], apply: [entry] })).toBeInstanceOf(Fault)
  store[Symbol.dispose]()

  const roomy = open(folder)
  expect(roomy.load()).toEqual({ ...before, incarnation: before.incarnation + 1 })
  expect(roomy.root()).toBe(root)
  commit(roomy, { append: [entry], apply: [entry] })
  expect(records(roomy.state, 'key/', undefined, 10_000)).toHaveLength((entry.index - 1) * 50)
})
