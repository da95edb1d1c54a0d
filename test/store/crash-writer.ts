import { writeSync } from 'node:fs'
import { asPeerId, Fault, termOf } from '../../src/base/index.ts'
import { nextEntry } from '../../src/consensus/entry.ts'
import type { Work } from '../../src/consensus/ports.ts'
import type { Payload, Position } from '../../src/consensus/types.ts'
import { putCommand, sealBatch } from '../../src/ledger/index.ts'
import { openStore } from '../../src/store/index.ts'
import { fakeSigner } from '../support/fake-keys.ts'
import { openFakeLedger } from './fake-ledger.ts'

/*
 * Started by crash.test.ts with a folder: writes without end and prints the index of each entry once its commit was answered. Applies
 * sometimes with the append and sometimes later, compacts now and then.
 */
const { machine, cluster, founder } = openFakeLedger()
const author = asPeerId(founder)
const store = openStore({ folder: process.argv[2] ?? '', machine })
const { entries, base, appliedIndex, incarnation } = store.load()
let last: Position = entries.at(-1) ?? base
let waiting = entries.filter(({ index }) => index > appliedIndex)
let seq = 0

const commit = (work: Work): void => {
  store.commit(work, (outcome) => {
    if (outcome instanceof Fault) throw outcome
  })
}

for (;;) {
  seq++
  const commands = [putCommand(`key/${(last.index + 1) % 50}`, last.index + 1)]
  const body = sealBatch(fakeSigner(founder), cluster, { author, incarnation, seq, ackedBelow: seq, commands })
  const payload: Payload = last.index === 0 ? { kind: 'noop', leader: author } : { kind: 'batch', body }
  const entry = nextEntry(last, termOf(0, 1), last.index + 1, payload)
  waiting.push(entry)
  last = entry
  commit(seq % 3 === 0 ? { append: [entry], apply: waiting } : { append: [entry] })
  if (seq % 3 === 0) waiting = []
  writeSync(1, `${entry.index}\n`)
  if (seq % 7 === 0) {
    commit({ apply: waiting })
    waiting = []
  }
  if (seq % 100 === 0) commit({ compactTo: last.index - 60 })
}
