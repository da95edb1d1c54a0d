import { afterEach } from 'bun:test'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { asPeerId, Fault, isFault, type Term, termOf } from '../../src/base/index.ts'
import type { Outcome, Work } from '../../src/consensus/ports.ts'
import type { Entry, Payload, Position } from '../../src/consensus/types.ts'
import { putCommand, sealBatch } from '../../src/ledger/index.ts'
import { openStore, type Store, type StoreOptions } from '../../src/store/index.ts'
import { fakeSigner } from '../support/fake-keys.ts'
import { openFakeLedger } from './fake-ledger.ts'

const opened: (() => void)[] = []
afterEach(() => {
  for (const close of opened.splice(0).reverse()) close()
})

/** A fresh folder that is gone after the test. */
export const freshFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'bzzz-store-'))
  opened.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export const { machine, cluster, founder } = openFakeLedger()
export const firstConfiguration = { voters: [asPeerId(founder)], learners: [] }

/** A store that is closed after the test, if the test did not. */
export const open = (folder: string, more: Partial<StoreOptions> = {}): Store => {
  const store = openStore({ folder, machine, firstConfiguration, ...more })
  let isOpen = true
  const close = () => {
    if (isOpen) store[Symbol.dispose]()
    isOpen = false
  }
  opened.push(close)
  return { ...store, [Symbol.dispose]: close }
}

export const commit = (store: Store, work: Work): Outcome => {
  const outcome = tryCommit(store, work)
  if (outcome instanceof Fault) throw outcome
  return outcome
}

export const tryCommit = (store: Store, work: Work): Outcome | Fault => {
  let outcome: Outcome | Fault | undefined
  store.commit(work, (given) => {
    outcome = given
  })
  if (outcome === undefined) throw new Error('the store did not answer')
  return outcome
}

export const faultOf = (act: () => unknown): Fault => {
  try {
    act()
  } catch (error) {
    if (isFault(error)) return error
    throw error
  }
  throw new Error('nothing was refused')
}

/** Entries one after the other, as a leader of term 1 would make them. */
export const createScribe = () => {
  let last: Position = { index: 0, term: termOf(0, 0), hash: '0'.repeat(64) as Position['hash'] }
  let seq = 0
  const entry = (payload: Payload, term: Term = termOf(0, 1)): Entry => {
    const index = last.index + 1
    const made = { index, term, hash: String(index).padStart(64, '0') as Position['hash'], stampMs: 1000 + index, payload }
    last = { index, term, hash: made.hash }
    return made
  }
  return {
    entry,
    noop: () => entry({ kind: 'noop', leader: asPeerId(founder) }),
    puts: (...keys: string[]) => {
      seq++
      const commands = keys.map((key) => putCommand(key, `${key}@${seq}`))
      const batch = { author: asPeerId(founder), incarnation: 1, seq, ackedBelow: seq, commands }
      return entry({ kind: 'batch', body: sealBatch(fakeSigner(founder), cluster, batch) })
    },
    backTo: (position: Position) => {
      last = position
    },
  }
}

/** A store with some entries in it, all applied. */
export const filled = (folder: string, rounds = 5) => {
  const store = open(folder)
  const scribe = createScribe()
  const entries = [scribe.noop(), ...Array.from({ length: rounds }, (_, n) => scribe.puts(`a/${n % 7}`, `b/${n}`))]
  commit(store, { append: entries, apply: entries })
  return { store, scribe, entries }
}
