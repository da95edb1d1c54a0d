import { expect, test } from 'bun:test'
import { pathsFor, socketIn } from '../../src/install/index.ts'

test('root has the system folders, whatever its environment says', () => {
  expect(pathsFor({ uid: 0, home: '/root', env: { XDG_DATA_HOME: '/x' } })).toEqual({
    config: '/etc/bzzz/config.yaml',
    data: '/var/lib/bzzz',
  })
})

test('a user has the XDG folders', () => {
  expect(pathsFor({ uid: 1000, home: '/home/ana', env: {} })).toEqual({
    config: '/home/ana/.config/bzzz/config.yaml',
    data: '/home/ana/.local/share/bzzz',
  })
  expect(pathsFor({ uid: 1000, home: '/home/ana', env: { XDG_CONFIG_HOME: '/c', XDG_DATA_HOME: '/d' } })).toEqual({
    config: '/c/bzzz/config.yaml',
    data: '/d/bzzz',
  })
})

test('relative and empty XDG folders do not count', () => {
  expect(pathsFor({ uid: 1000, home: '/home/ana', env: { XDG_DATA_HOME: '../x', XDG_CONFIG_HOME: '' } }).data).toBe(
    '/home/ana/.local/share/bzzz',
  )
})

test('the socket lies in the data folder', () => expect(socketIn('/var/lib/bzzz')).toBe('/var/lib/bzzz/bzzz.sock'))
