import { describe, expect, test } from 'bun:test'
import { isLoopback, listeners, ownerOf, userName } from '../../src/host/sockets.ts'
import { captured } from '../support/captured-host.ts'
import { pretendMachine } from '../support/pretend-machine.ts'

const { files } = pretendMachine({
  files: {
    '/proc/net/tcp': captured('net-tcp.txt'),
    '/proc/net/tcp6': captured('net-tcp6.txt'),
    '/proc/1/comm': 'init\n',
    'link:/proc/1/fd/0': '/dev/null',
    '/proc/812/comm': 'nginx\n',
    'link:/proc/812/fd/3': 'socket:[999]',
    'link:/proc/812/fd/6': 'socket:[20480]',
    '/proc/self/comm': 'x\n',
    '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/usr/sbin/nologin\n',
  },
})

describe('listeners', () => {
  test('are sockets in state LISTEN, with addresses as people write them', async () => {
    expect((await listeners(files))?.map(({ address, port, uid }) => [address, port, uid])).toEqual([
      ['127.0.0.1', 11434, 998],
      ['0.0.0.0', 8080, 33],
      ['::', 11435, 0],
      ['::1', 8082, 1000],
      ['10.0.0.5', 8083, 1000],
    ])
  })

  test('are unknown, not none, where /proc does not tell', async () => expect(await listeners(pretendMachine({}).files)).toBeNull())

  test('on loopback are told from others', () => {
    expect(['127.0.0.1', '127.8.8.8', '::1', '0.0.0.0', '::', '10.0.0.5'].map(isLoopback)).toEqual([true, true, true, false, false, false])
  })

  test('have an owner where /proc shows it, else a user', async () => {
    expect(await ownerOf(files, '20480')).toEqual({ pid: 812, name: 'nginx' })
    expect(await ownerOf(files, '31337')).toBeNull()
    expect(await userName(files, 33)).toBe('www-data')
    expect(await userName(files, 5_000)).toBeNull()
  })
})
