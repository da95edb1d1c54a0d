import { afterAll, beforeAll, describe, expect, setDefaultTimeout, test } from 'bun:test'
import { join } from 'node:path'
import { bzzz, runCluster, until } from '../support/program.ts'

setDefaultTimeout(60_000)

// Six machines: five vote, the sixth learns.
let cluster: Awaited<ReturnType<typeof runCluster>>
beforeAll(async () => {
  cluster = await runCluster(6)
}, 120_000)
afterAll(() => cluster[Symbol.asyncDispose]())

const socketOf = (name: string) => join(cluster.folder, name, 'bzzz.sock')
const ask = (from: string, args: readonly string[], columns = 100) =>
  bzzz([...args, '--socket', socketOf(from)], { env: { COLUMNS: String(columns) } })
const leaderNow = async () =>
  (await until('a leader', async () => (await cluster.nodes.find((node) => node.alive())?.client.view())?.leader)).name

const verbs = [
  ['status'],
  ['nodes'],
  ['leader'],
  ['kv', 'list'],
  ['kv', 'put', 'greeting', '"hello"'],
  ['kv', 'get', 'greeting'],
  ['doctor', '--peer', 'vega'],
  ['doctor'],
]

describe.each([100, 60])('in a terminal of %d columns', (columns) => {
  test.each(verbs.map((verb) => [verb.join(' '), verb] as const))(
    'bzzz %s fits, in lines without blanks at their ends',
    async (_, verb) => {
      const { code, out, err } = await ask('atlas', verb, columns)
      expect([code, err]).toEqual([0, ''])
      const lines = out.trimEnd().split('\n')
      expect(lines.filter((line) => Bun.stringWidth(line) > columns)).toEqual([])
      expect(lines.filter((line) => line !== line.trimEnd())).toEqual([])
      expect(out).not.toMatch(/undefined|NaN|\[object|Infinity|null/)
    },
  )
})

test.each(verbs.map((verb) => [verb.join(' '), verb] as const))('bzzz %s --json is JSON and nothing else', async (_, verb) => {
  const { code, out, err } = await ask('nova', [...verb, '--json'])
  if (verb.join(' ') !== 'doctor') expect([code, err]).toEqual([0, ''])
  expect(() => JSON.parse(out)).not.toThrow()
})

const helped = [
  '',
  'demo',
  'run',
  'status',
  'nodes',
  'leader',
  'leader transfer',
  'kv',
  'kv put',
  'doctor',
  'install',
  'setup',
  'version',
  'completion',
]

test.each(helped)('bzzz %s --help shows usage and examples', async (verb) => {
  const { code, out, err } = await bzzz([...verb.split(' ').filter((word) => word !== ''), '--help'], { env: { COLUMNS: '80' } })
  expect([code, err]).toEqual([0, ''])
  expect(out).toStartWith('Usage: bzzz')
  expect(out).toContain('Examples:')
  expect(out).toContain('  $ ')
})

describe('leader transfer', () => {
  test('from a follower’s socket, by name', async () => {
    const former = await leaderNow()
    const { members } = await cluster.clientOf('atlas').view()
    const [to = '', via = ''] = members.filter(({ role, name }) => role === 'voter' && name !== former).map(({ name }) => name)
    const { code, out } = await ask(via, ['leader', 'transfer', to])
    expect([code, out]).toEqual([0, expect.stringMatching(new RegExp(`^${to} leads now\\. It took \\d+(\\.\\d)? m?s\\.\\n$`))])
    expect((await ask(via, ['leader'])).out).toContain(`because ${former} was asked to hand over to it.`)
  })

  test('to whom leads already', async () => {
    const leader = await leaderNow()
    expect(await ask('atlas', ['leader', 'transfer', leader])).toMatchObject({ code: 0, out: `${leader} leads already.\n` })
  })

  test('to nobody that is known', async () => {
    const { code, err } = await ask('nova', ['leader', 'transfer', 'nobody'])
    expect([code, err]).toEqual([1, '✖ There is no machine named nobody.\n  The machines are atlas, juno, mini, nova, pi, vega.\n'])
  })

  test('to a learner', async () => {
    const learner = (await cluster.clientOf('atlas').view()).members.find(({ role }) => role === 'learner')?.name ?? ''
    const { code, err } = await ask('atlas', ['leader', 'transfer', learner])
    expect(code).toBe(1)
    expect(err).toMatch(new RegExp(`^✖ ${learner} is a learner, and only a voter can lead\\.\\n  The voters are [\\w, ]+ and \\w+\\.\\n$`))
  })
})

test('while too few voters live: what is, why, and what still works; nothing waits for ever', async () => {
  const { members } = await cluster.clientOf('atlas').view()
  const voters = members.filter(({ role }) => role === 'voter').map(({ name }) => name)
  const [left = '', alsoLeft = '', ...killed] = voters
  await Promise.all(cluster.nodes.filter(({ name }) => killed.includes(name)).map((node) => node.kill()))
  await until('nobody leads', async () => (await cluster.clientOf(left).view()).leader === null)
  const status = await ask(left, ['status'], 60)
  expect(status.code).toBe(0)
  expect(status.out.replaceAll('\n', ' ')).toContain('so 2 of 5 voters are left and 3 are needed.')
  expect(status.out).not.toContain('still does')
  const transfer = await ask(left, ['leader', 'transfer', alsoLeft])
  expect([transfer.code, transfer.err]).toEqual([
    1,
    '✖ There is no leader right now.\n  A leader needs 3 of 5 voters; bzzz status shows who answers.\n',
  ])
  const [put, read, old] = await Promise.all([
    ask(left, ['kv', 'put', 'a', '1', '--json']),
    ask(left, ['kv', 'get', 'greeting', '--strong', '--json']),
    ask(left, ['kv', 'get', 'greeting']),
  ])
  expect(JSON.parse(put.err.split('\n').at(-2) ?? '').error).toMatchObject({
    code: 'timeout',
    message: 'There is no leader right now. No answer came in time; whether the write happens is unknown.',
  })
  expect([put.code, read.code]).toEqual([1, 1])
  expect(JSON.parse(read.err.split('\n').at(-2) ?? '').error.code).toBe('no-leader')
  expect(old).toMatchObject({ code: 0, out: '"hello"\n' })
  await Promise.all(cluster.nodes.filter((node) => !node.alive()).map((node) => node.start()))
  await until('somebody leads', async () => (await cluster.clientOf(left).view()).leader)
  expect((await ask(left, ['kv', 'put', 'a', '2'])).code).toBe(0)
})
