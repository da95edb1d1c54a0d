import { expect, test } from 'bun:test'
import { join } from 'node:path'
import { nextEntry } from '../../src/consensus/entry.ts'
import { record } from '../../src/ledger/index.ts'
import { createRows } from '../support/rows.ts'
import { commit, freshFolder, machine, open } from './ground.ts'

/** Lets a process write into `folder`, kills it with no warning once it acknowledged `lines` entries, and gives the last acknowledged index. */
const writeAndKill = async (folder: string, lines: number): Promise<number> => {
  const writer = Bun.spawn([process.execPath, join(import.meta.dir, 'crash-writer.ts'), folder], { stdout: 'pipe', stderr: 'inherit' })
  const decoder = new TextDecoder()
  let text = ''
  let killed = false
  for await (const chunk of writer.stdout) {
    text += decoder.decode(chunk, { stream: true })
    if (!killed && text.split('\n').length > lines) {
      killed = true
      writer.kill('SIGKILL')
    }
  }
  await writer.exited
  // The last line may be cut off; what counts was acknowledged whole.
  return Number(text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1))
}

test('kill -9 at any moment loses nothing that was acknowledged, and the state is the one its log makes', async () => {
  const folder = freshFolder()
  for (const lines of [1, 50, 137, 400]) {
    const acknowledged = await writeAndKill(folder, lines)
    const store = open(folder)
    const { base, entries, appliedIndex } = store.load()
    const lastIndex = entries.at(-1)?.index ?? base.index
    expect(lastIndex).toBeGreaterThanOrEqual(acknowledged)
    // One history without a gap: every entry is what its hash says.
    let before = base
    for (const entry of entries) {
      expect(entry).toEqual(nextEntry(before, entry.term, entry.stampMs, entry.payload))
      before = entry
    }
    commit(store, { apply: entries.filter(({ index }) => index > appliedIndex) })
    for (let index = Math.max(2, lastIndex - 49); index <= lastIndex; index++) {
      expect(record(store.state, `key/${index % 50}`)).toMatchObject({ value: index, index })
    }
    if (base.index === 0) {
      const rows = createRows()
      for (const entry of entries) machine.apply(rows, entry)
      expect(store.root()).toBe(rows.root())
    }
    store[Symbol.dispose]()
  }
}, 60_000)
