import { expect, test } from 'bun:test'
import { link, textFile } from '../../src/install/command.ts'
import { asLine, printingShell } from '../../src/install/index.ts'

test.each([
  ['it is', `echo 'it is'`],
  ["it's", `echo 'it'\\''s'`],
  ['$HOME `id` "x"', `echo '$HOME \`id\` "x"'`],
  ['', `echo ''`],
  ['/opt/bzzz/0.1.0', 'echo /opt/bzzz/0.1.0'],
  ['a\nb', "echo 'a\nb'"],
])('%j is one word for a shell', (word, line) => {
  expect(asLine({ program: 'echo', args: [word] })).toBe(line)
  expect(Bun.spawnSync(['sh', '-c', line]).stdout.toString()).toBe(`${word}\n`)
})

test('what goes to standard input becomes a here-document that no line of it can end', () => {
  const line = asLine({ program: 'cat', args: [], input: 'one\nEND\n$HOME\n' })
  expect(Bun.spawnSync(['sh', '-c', line]).stdout.toString()).toBe('one\nEND\n$HOME\n')
})

test('a text file gets its name last, with its mode', () => {
  expect(textFile('/etc/x', 'text', '0640', 'bzzz').map(asLine)).toEqual([
    "tee /etc/x.partial <<'END'\ntext\nEND",
    'chmod 0640 /etc/x.partial',
    'chgrp bzzz /etc/x.partial',
    'mv -f /etc/x.partial /etc/x',
  ])
})

test('a link is replaced by a rename', () => {
  expect(link('/opt/bzzz/current', '0.2.0').map(asLine).at(-1)).toBe('mv -f -T /opt/bzzz/current.partial /opt/bzzz/current')
})

test('the printing shell does nothing and says that it went well', async () => {
  const lines: string[] = []
  const answer = await printingShell((line) => lines.push(line)).run({ program: 'rm', args: ['-rf', '/nowhere at all'] })
  expect([answer.code, lines]).toEqual([0, ["rm -rf '/nowhere at all'"]])
})
