import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { spawnSync } from 'node:child_process'
import { chmodSync, chownSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Story } from '../../src/demo/index.ts'
import { processesNaming } from '../support/processes.ts'
import { bzzz, command, plainEnvironment, temporaryFolder, until } from '../support/program.ts'

setDefaultTimeout(120_000)

// Each test has its own TMPDIR: what a demo leaves behind shows there, and in the command lines of its nodes.
let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => {
  expect(processesNaming(folder.path)).toEqual([])
  expect(readdirSync(folder.path)).toEqual([])
  folder[Symbol.dispose]()
})

const demo = (...args: string[]) => bzzz(['demo', ...args], { env: { TMPDIR: folder.path }, limitMs: 110_000 })
/** The result of a demo where all held. */
const storyIn = ({ code, out, err }: { code: number | null; out: string; err: string }): Story & { ok: boolean } => {
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out)
}

test('three nodes form, write, lose their leader, and lose no write: exit code 0 and one JSON object', async () => {
  const story = storyIn(await demo('--for', '2s', '--json'))
  expect([story.ok, story.problems, story.lost]).toEqual([true, [], []])
  expect(story).toMatchObject({ nodes: 3, firstLeader: 'atlas', firstLeaderBecause: 'it founded the cluster', killed: 'atlas' })
  expect(['nova', 'vega']).toContain(story.newLeader ?? '')
  expect(story.newLeaderBecause).toBe(`atlas stopped answering and ${story.newLeader} stood first`)
  expect(story.writesAcknowledged).toBeGreaterThan(20)
  expect(new Set(Object.values(story.stateRoots)).size).toBe(1)
  expect(Object.keys(story.stateRoots)).toEqual(['atlas', 'nova', 'vega'])
})

test('nine nodes, told in sentences', async () => {
  const { code, out, err } = await demo('--nodes', '9', '--for', '2s')
  expect(code).toBe(0)
  expect(err.split('\n')).toContain('8 machines were admitted by ticket and read the log.')
  expect(err.split('\n')).toContain('9 machines are in, 5 of them vote.')
  // On a machine that is too busy for nine nodes the founder may lose a majority for a moment and be elected again.
  expect(out).toMatch(/^9 nodes formed a cluster in [\d.]+ s\. \w+ led, because /m)
  expect(out).toMatch(/^\w+ was killed\. \w+ led next, and a write was acknowledged \d+ ms after the kill\.$/m)
  expect(out).toContain('All members hold the same state.')
  expect(out).toEndWith('✔ everything held\n')
})

test('a node that dies though the demo did not kill it is named: exit code 1', async () => {
  const running = demo('--for', '4s', '--json')
  const victim = `${folder.path}/bzzz-demo-`
  const [pid] = await until('nova runs', () => {
    const found = processesNaming(victim).filter((one) => processesNaming('/nova/bzzz.sock').includes(one))
    return found.length > 0 && found
  })
  await Bun.sleep(300)
  process.kill(Number(pid), 'SIGKILL')
  const { code, err } = await running
  // On the way into the cluster the same death is met as an answer that did not come.
  const { error } = JSON.parse(err)
  expect([`1 demo-node-failed`, `3 not-reachable`]).toContain(`${code} ${error.code}`)
  expect(error.message).toMatch(/^(nova (ended in the middle of the demo|did not start)\.|The node ended before it answered.*)$/)
})

test('one node, and two, where nobody is killed because nobody could take over', async () => {
  const both = await Promise.all([demo('--nodes', '1', '--for', '2s', '--json'), demo('--nodes', '2', '--for', '2s', '--json')])
  expect(both.map(storyIn)).toMatchObject([
    { nodes: 1, killed: '', failoverMs: null },
    { nodes: 2, killed: '', failoverMs: null },
  ])
})

test('two demos at the same time', async () => {
  const both = await Promise.all([demo('--for', '2s', '--json'), demo('--for', '2s', '--json')])
  expect(both.map((one) => storyIn(one).ok)).toEqual([true, true])
})

test('a temporary folder that is not there is named, exit code 1', async () => {
  const { code, err } = await bzzz(['demo', '--for', '2s'], { env: { TMPDIR: join(folder.path, 'nowhere') } })
  expect([code, err]).toEqual([
    1,
    `✖ The demo cannot make a folder in ${join(folder.path, 'nowhere')}.\n  Set TMPDIR to a folder that exists, takes writes and has some space.\n`,
  ])
})

test('a temporary folder with too long a name is refused before anything starts', async () => {
  using deep = temporaryFolder('long-'.repeat(20))
  const { code, err } = await bzzz(['demo', '--for', '2s', '--json'], { env: { TMPDIR: deep.path } })
  expect([code, JSON.parse(err).error.hint]).toEqual([1, 'Set TMPDIR to a folder with a shorter name.'])
  expect(readdirSync(deep.path)).toEqual([])
})

test.if(process.getuid?.() === 0 && Bun.which('setpriv') !== null)('needs no root', () => {
  chmodSync(folder.path, 0o755)
  using own = temporaryFolder()
  chownSync(own.path, 65_534, 65_534)
  const flags = ['--reuid', '65534', '--regid', '65534', '--clear-groups']
  const done = spawnSync('setpriv', [...flags, ...command, 'demo', '--for', '2s', '--json'], {
    env: { ...plainEnvironment(), TMPDIR: own.path, HOME: '/nonexistent' },
    timeout: 60_000,
  })
  expect(storyIn({ code: done.status, out: String(done.stdout), err: String(done.stderr) }).ok).toBe(true)
  expect(readdirSync(own.path)).toEqual([])
})
