import { expect, test } from 'bun:test'
import { portHolder } from '../../src/host/index.ts'
import type { Files } from '../../src/host/ports.ts'

const line = (port: number, uid: number, inode: string) =>
  `   0: 0100007F:${port.toString(16).toUpperCase().padStart(4, '0')} 00000000:0000 0A 00000000:00000000 00:00000000 00000000 ${uid} 0 ${inode} 1 0 100 0 0 10 0`

const files = (texts: Record<string, string>, links: Record<string, string> = {}): Files => ({
  text: async (path) => texts[path] ?? null,
  bytes: async () => null,
  list: async (folder) => (folder === '/proc' ? ['1', 'self', '812'] : folder === '/proc/812/fd' ? ['3', '7'] : []),
  link: async (path) => links[path] ?? null,
  real: async () => null,
  facts: async () => null,
  space: async () => null,
})

test('the program behind a port is named with its process', async () => {
  const there = files(
    { '/proc/net/tcp': `header\n${line(8080, 0, '99')}`, '/proc/812/comm': 'nginx\n' },
    { '/proc/812/fd/7': 'socket:[99]' },
  )
  expect(await portHolder(there, 8080)).toBe('nginx (process 812)')
})

test('of other users only the name of the user is known', async () => {
  const there = files({ '/proc/net/tcp': `header\n${line(8080, 33, '99')}`, '/etc/passwd': 'root:x:0:0\nwww-data:x:33:33\n' })
  expect(await portHolder(there, 8080)).toBe('a program of user www-data')
})

test('what cannot be learnt is null', async () => {
  expect(await portHolder(files({}), 8080)).toBeNull()
  expect(await portHolder(files({ '/proc/net/tcp': `header\n${line(8081, 0, '99')}` }), 8080)).toBeNull()
  expect(await portHolder(files({ '/proc/net/tcp': `header\n${line(8080, 4242, '99')}` }), 8080)).toBeNull()
})
