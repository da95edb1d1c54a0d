import { afterEach, beforeEach, expect, setDefaultTimeout, test } from 'bun:test'
import { existsSync, readdirSync } from 'node:fs'
import { processesNaming } from '../support/processes.ts'
import { command, plainEnvironment, temporaryFolder, until } from '../support/program.ts'

setDefaultTimeout(60_000)

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder[Symbol.dispose]())

/** A live demo without a terminal: it says what happens in lines. */
const live = (...args: string[]) => {
  const child = Bun.spawn([...command, 'demo', ...args], {
    env: { ...plainEnvironment(), TMPDIR: folder.path },
    stdin: 'ignore',
    stdout: 'pipe',
    stderr: 'pipe',
  })
  let said = ''
  const reading = (async () => {
    for await (const chunk of child.stdout) said += new TextDecoder().decode(chunk)
  })()
  const complained = child.stderr.text()
  return {
    child,
    said: () => said,
    /** The newest line that matches. */
    heard: (pattern: RegExp) =>
      until(`"${pattern.source}" in what it says`, () =>
        said
          .split('\n')
          .findLast((line) => pattern.test(line))
          ?.match(pattern),
      ),
    ended: async () => {
      const code = await child.exited
      await reading
      return { code, err: await complained }
    },
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGKILL')
      await child.exited
    },
  }
}

const nothingLeft = () =>
  until('no process and no folder is left', () => processesNaming(folder.path).length === 0 && readdirSync(folder.path).length === 0)

test('the leader whose pid is shown is killed from outside, another leads, and the killed one starts again by itself', async () => {
  await using demo = live()
  const [, pid] = await demo.heard(/atlas leads, because it founded the cluster; .* kill -9 (\d+)$/)
  process.kill(Number(pid), 'SIGKILL')
  const [, next, nextPid] = await demo.heard(/(nova|vega) leads, because atlas stopped answering and \w+ stood first; .* kill -9 (\d+)$/)
  expect(next).not.toBe('atlas')
  await until('three nodes again', () => processesNaming(`${folder.path}/bzzz-demo-`).length === 3)
  process.kill(Number(nextPid), 'SIGKILL')
  await demo.heard(new RegExp(`because ${next} stopped answering`))
  demo.child.kill('SIGINT')
  const { code, err } = await demo.ended()
  expect(code).toBe(0)
  expect(err).toEndWith('The nodes are stopped and their data is removed.\n')
  await nothingLeft()
})

test('the page has the port that is asked for where it is free, any other where it is not', async () => {
  const port = 15_000 + (process.pid % 1_000) * 16 + 15
  await using first = live('--nodes', '1', '--web-port', String(port))
  const [, firstPage] = await first.heard(/Open (http:\S+) /)
  expect(firstPage).toBe(`http://127.0.0.1:${port}/`)
  await using second = live('--nodes', '1', '--web-port', String(port))
  const [, secondPage = ''] = await second.heard(/Open (http:\S+) /)
  expect(secondPage).not.toBe(firstPage)
  const answers = await Promise.all([firstPage, secondPage].map(async (page) => (await fetch(`${page}readyz`)).status))
  expect(answers).toEqual([200, 200])
  first.child.kill('SIGTERM')
  second.child.kill('SIGTERM')
  expect([(await first.ended()).code, (await second.ended()).code]).toEqual([0, 0])
  await nothingLeft()
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s in the middle of starting leaves nothing', async (signal) => {
  await using demo = live()
  await until('its nodes start', () => processesNaming(`${folder.path}/bzzz-demo-`).length > 0)
  demo.child.kill(signal)
  const { code, err } = await demo.ended()
  expect([code, err.split('\n').at(-2)]).toEqual([1, '✖ The demo was interrupted; everything it made is removed.'])
  await nothingLeft()
})

test('kill -9 of the demo ends its nodes, and the next demo removes the folder', async () => {
  await using demo = live()
  await demo.heard(/leads/)
  demo.child.kill('SIGKILL')
  await demo.child.exited
  await until('its nodes are gone', () => processesNaming(folder.path).length === 0)
  const [left = ''] = readdirSync(folder.path)
  expect(left).toStartWith('bzzz-demo-')
  await using next = live('--nodes', '1')
  await next.heard(/leads/)
  expect(existsSync(`${folder.path}/${left}`)).toBe(false)
  next.child.kill('SIGTERM')
  expect((await next.ended()).code).toBe(0)
  await nothingLeft()
})
