import { expect, test } from 'bun:test'
import { memorySetupStore, setupTwin } from '../support/setup.ts'

const passphrase = 'Bienen summen um 7 Linden'

/** Everything up to the master key. */
const ready = async () => {
  const twin = setupTwin()
  const { setup } = twin
  await setup.saveMachine({ name: 'atlas', zone: ' attic ', meshPort: '8081' })
  setup.saveCluster('linden')
  await setup.saveOperator({ name: 'mara', passphrase, again: passphrase })
  return twin
}
const rightWords = (setup: Awaited<ReturnType<typeof ready>>['setup']): Record<string, string> => {
  const { words } = setup.showMaster()
  return Object.fromEntries((setup.master.waiting?.asks ?? []).map((place) => [`w${place}`, words[place - 1] ?? '']))
}
const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error)
  }
  return 'done'
}

test('a link stays the same until it is used, runs out or is made anew', () => {
  const { setup, clock, file } = setupTwin()
  const first = setup.claims.link(false)
  expect(file.text).toBe(`${first.code}\n`)
  expect(setup.claims.link(false)).toEqual(first)
  clock.pass(15 * 60_000 - 1)
  expect(setup.claims.link(false)).toEqual(first)
  clock.pass(1)
  const second = setup.claims.link(false)
  expect(second.code).not.toBe(first.code)
  expect(codeOf(() => setup.claims.claim(first.code, 'a'))).toBe('wrong-code')
  const third = setup.claims.link(true)
  expect(codeOf(() => setup.claims.claim(second.code, 'a'))).toBe('wrong-code')
  expect(codeOf(() => setup.claims.claim(third.code, 'a'))).toBe('done')
})

test('a code works once, its file is gone, and only a new link lets anybody in again', () => {
  const { setup, file, store } = setupTwin()
  const { code } = setup.claims.link(false)
  expect(store.read().codeHash).not.toContain(code)
  const session = setup.claims.claim(code.toLowerCase(), 'a')
  expect([file.text, setup.claims.taken, setup.claims.admits(session)]).toEqual([undefined, true, true])
  expect(codeOf(() => setup.claims.claim(code, 'a'))).toBe('wrong-code')
  expect(codeOf(() => setup.claims.link(false))).toBe('claimed')
  expect(JSON.stringify(store.read())).not.toContain(session)
  setup.claims.link(true)
  expect([setup.claims.admits(session), setup.claims.taken]).toEqual([false, false])
})

test('an expired code is refused', () => {
  const { setup, clock } = setupTwin()
  const { code } = setup.claims.link(false)
  clock.pass(15 * 60_000)
  expect(codeOf(() => setup.claims.claim(code, 'a'))).toBe('wrong-code')
})

test('of ten thousand guesses ten are looked at', () => {
  const { setup } = setupTwin()
  setup.claims.link(false)
  const codes = Array.from({ length: 10_000 }, (_, n) => codeOf(() => setup.claims.claim(`${n}`.padStart(26, '0'), '127.0.0.1')))
  expect(codes.filter((code) => code === 'wrong-code').length).toBe(10)
  expect(codes.filter((code) => code === 'slow-down').length).toBe(9_990)
})

test('the draft outlives the process; the passphrase and the words do not', async () => {
  const { setup, store } = await ready()
  const { words } = setup.showMaster()
  const kept = JSON.stringify(store.read())
  expect(kept).not.toContain(passphrase)
  expect(words.slice(1).filter((word, at) => kept.includes(`${words[at]} ${word}`))).toEqual([])
  const again = setupTwin({}, store).setup
  expect(again.machine().choice).toEqual({ name: 'atlas', zone: 'attic', meshPort: 8081 })
  expect([again.draft().cluster, again.draft().operator?.name]).toEqual(['linden', 'mara'])
  expect(again.master.waiting).toBeNull()
  await expect(again.confirm({})).rejects.toMatchObject({ code: 'no-master' })
})

test('three words read back make the cluster, once; then nothing answers', async () => {
  const { setup, asked, kept } = await ready()
  const typed = rightWords(setup)
  await setup.confirm(Object.fromEntries(Object.entries(typed).map(([name, word]) => [name, ` ${word.toUpperCase()} `])))
  expect(asked.at(-1)).toMatchObject({ cluster: 'linden', operator: { name: 'mara' }, founder: { name: 'atlas' } })
  expect(kept).toEqual([{ name: 'atlas', zone: 'attic', meshPort: 8081 }, 'tidy'])
  expect(setup.closed).toBe(true)
  expect(codeOf(() => setup.claims.link(true))).toBe('closed')
  expect(codeOf(() => setup.claims.claim('x', 'a'))).toBe('closed')
  expect(codeOf(() => setup.saveCluster('other'))).toBe('closed')
  expect(codeOf(() => setup.showMaster())).toBe('incomplete')
  await expect(setup.confirm(typed)).rejects.toMatchObject({ code: 'incomplete' })
})

test('wrong words make nothing and name the places; another key makes the words before worth nothing', async () => {
  const { setup } = await ready()
  const first = rightWords(setup)
  const [place = ''] = Object.keys(first)
  await expect(setup.confirm({ ...first, [place]: 'bzzz' })).rejects.toMatchObject({
    code: 'bad-input',
    fields: { [place]: expect.any(String) },
  })
  await expect(setup.confirm({})).rejects.toMatchObject({ code: 'bad-input' })
  rightWords(setup)
  await expect(setup.confirm(first)).rejects.toMatchObject({ code: expect.stringMatching(/bad-input/) })
  expect(setup.closed).toBe(false)
})

test('two who confirm at once make one cluster', async () => {
  const { setup, asked } = await ready()
  const typed = rightWords(setup)
  const both = await Promise.allSettled([setup.confirm(typed), setup.confirm(typed)])
  expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
  expect(asked.length).toBe(2)
})

test('a founding that fails leaves the key waiting, so that it can be tried again', async () => {
  let fails = true
  const twin = setupTwin({
    found: async () => {
      if (fails) throw new Error('disk full')
      twin.inCluster = true
    },
  })
  const { setup } = twin
  setup.saveCluster('linden')
  await setup.saveOperator({ name: 'mara', passphrase, again: passphrase })
  const typed = rightWords(setup)
  await expect(setup.confirm(typed)).rejects.toThrow('disk full')
  fails = false
  await setup.confirm(typed)
  expect(setup.closed).toBe(true)
})

test.each([
  [{ name: '', zone: '', meshPort: '1' }, ['name']],
  [{ name: 'Atlas', zone: 'A B', meshPort: '0' }, ['name', 'zone', 'meshPort']],
  [{ name: 'a'.repeat(64), zone: '-', meshPort: '65536' }, ['name', 'zone', 'meshPort']],
  [{ name: '../etc', zone: '<b>', meshPort: '1e3' }, ['name', 'zone', 'meshPort']],
  [{ name: 'atlas\n', zone: '', meshPort: ' 8080 ' }, ['meshPort']],
  [{ name: 'atlas', zone: '', meshPort: '22' }, ['meshPort']],
])('what is wrong with a machine is said by field (%#)', async (fields, wrong) => {
  const { setup, store } = setupTwin()
  const refused = await setup.saveMachine(fields).catch((error: unknown) => error)
  expect(Object.keys((refused as { fields: object }).fields)).toEqual(wrong)
  expect(store.read().draft).toBe('{}')
})

test('a port that somebody has is refused with their name', async () => {
  const { setup } = setupTwin()
  await expect(setup.saveMachine({ name: 'atlas', zone: '', meshPort: '22' })).rejects.toThrow('taken by sshd (process 7)')
})

test('a passphrase that is weak, or differs from its repetition, never reaches the key process', async () => {
  const { setup, asked } = setupTwin()
  await expect(setup.saveOperator({ name: 'mara', passphrase: 'secret', again: 'secret' })).rejects.toMatchObject({
    fields: { passphrase: expect.stringContaining('11 bits at most') },
  })
  await expect(setup.saveOperator({ name: 'mara', passphrase, again: `${passphrase}!` })).rejects.toMatchObject({
    fields: { again: expect.any(String) },
  })
  await expect(setup.saveOperator({ name: 'ma ra', passphrase, again: passphrase })).rejects.toMatchObject({
    fields: { name: expect.any(String) },
  })
  expect(asked).toEqual([])
})

test('a draft that cannot be read counts as none', () => {
  const store = memorySetupStore()
  for (const draft of [
    '',
    'null',
    '[]',
    '{"cluster":1}',
    '{"cluster":"a","more":1}',
    '{"machine":{"name":"../x","zone":null,"meshPort":1}}',
  ]) {
    store.saveDraft(draft)
    expect(setupTwin({}, store).setup.draft()).toEqual({})
  }
})

test('what flags or the file decide is neither offered nor overridden', async () => {
  const { setup } = setupTwin({
    machine: {
      webPort: 8080,
      current: () => ({ name: 'fixed', zone: null, meshPort: 8081 }),
      fixed: { name: 'the command line', zone: null, meshPort: null },
      examine: async () => [],
      portHolder: async () => null,
      keep: () => {},
      identity: () => {
        throw new Error('not asked')
      },
    },
  })
  await setup.saveMachine({ name: 'other', zone: 'attic', meshPort: '8083' })
  expect(setup.machine().choice).toEqual({ name: 'fixed', zone: 'attic', meshPort: 8083 })
})
