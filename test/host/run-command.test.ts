import { expect, test } from 'bun:test'
import { commandRunner } from '../../src/host/run-command.ts'

test('a command gives its output and exit code, in the C locale', async () => {
  expect(await commandRunner()('sh', ['-c', 'echo $LC_ALL; echo no >&2; exit 9'])).toEqual({
    code: 9,
    stdout: 'C\n',
    stderr: 'no\n',
    problem: null,
  })
})

test('a program that is not there is missing, not an error', async () => {
  expect(await commandRunner()('no-such-program-here', [])).toMatchObject({ code: null, problem: 'missing' })
})

test('a program that hangs is given up, what it had said is kept', async () => {
  const ran = await commandRunner()('sh', ['-c', 'echo half; exec sleep 60'], { timeoutMs: 300 })
  expect(ran).toMatchObject({ code: null, stdout: 'half\n', problem: 'timed-out' })
})

test('a program that was killed did not end by itself', async () => {
  expect(await commandRunner()('sh', ['-c', 'kill -9 $$'])).toMatchObject({ code: null, problem: 'failed' })
})

test('endless output is cut, not kept', async () => {
  const ran = await commandRunner()('sh', ['-c', 'head -c 3000000 /dev/zero'])
  expect(ran.stdout.length).toBe(1024 * 1024)
})
