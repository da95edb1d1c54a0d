import { expect, test } from 'bun:test'
import { hostOf, ownHosts } from '../../src/web/index.ts'

const machine = { names: () => ['Nova.lan', 'nova'], addresses: () => ['10.0.0.5', 'fd00::5', 'fe80::1%eth0'], nowMs: () => 0 }
const knows = ownHosts(['cluster.example', '203.0.113.9'], machine)

test.each([
  'localhost',
  'LOCALHOST:8080',
  '127.0.0.1',
  '127.0.0.1:1',
  '127.8.9.10:65535',
  '[::1]',
  '[::1]:8080',
  'nova',
  'NOVA.LAN:8080',
  '10.0.0.5:8080',
  '[fd00::5]:8080',
  '[FE80::1]',
  'cluster.example',
  '203.0.113.9',
])('%s is this node', (host) => expect(knows(host)).toBe(true))

test.each([
  null,
  undefined,
  '',
  'evil.example',
  'evil.example:8080',
  'localhost.evil.example',
  '127.0.0.1.evil.example',
  'localhost.',
  'evil.localhost',
  '127.0.0.1@evil.example',
  'evil@localhost',
  'localhost/evil',
  'localhost?',
  'localhost#',
  'localhost, evil.example',
  'localhost evil',
  ' localhost',
  'localhost:',
  'localhost:99999',
  'localhost:-1',
  'localhost:80:80',
  '0.0.0.0:8080',
  '0',
  '127.1',
  '2130706433',
  '0x7f.0.0.1',
  '[::]',
  '[::1',
  '::1',
  '[::ffff:127.0.0.1]',
  '[::1%25eth0]',
  '[localhost]',
  '10.0.0.6',
  'ｌocalhost',
  'локалхост',
  'localhost\0',
  'localhost\r\nX: y',
  'a'.repeat(100_000),
])('%.40j is not', (host) => expect(knows(host)).toBe(false))

test('addresses that came later are known, looked up at most every 10 s', () => {
  let now = 0
  let reads = 0
  let addresses: string[] = []
  const later = ownHosts([], {
    names: () => [],
    addresses: () => {
      reads++
      return addresses
    },
    nowMs: () => now,
  })
  for (let i = 0; i < 100; i++) expect(later('10.0.0.7')).toBe(false)
  expect(reads).toBe(1)
  addresses = ['10.0.0.7']
  now = 10_001
  expect(later('10.0.0.7:8080')).toBe(true)
})

test('the name of a host is read in lower case', () =>
  expect([hostOf('Nova:1'), hostOf('[FD00::1]:2'), hostOf('a b')]).toEqual(['nova', 'fd00::1', null]))
