import { expect, test } from 'bun:test'
import fc from 'fast-check'
import { asPeerId } from '../../src/base/index.ts'
import { addressOf, parseAddress, publishable, rankAddresses, towards } from '../../src/mesh/address.ts'

test('private networks come first, container bridges and link-local last', () => {
  const ranked = rankAddresses([
    '/ip4/169.254.3.4/tcp/8081',
    '/ip4/172.17.0.1/tcp/8081',
    '/ip4/127.0.0.1/tcp/8081',
    '/ip6/fe80::1/tcp/8081',
    '/ip4/203.0.113.9/tcp/8081',
    '/ip4/192.168.1.7/tcp/8081',
  ])
  expect(ranked.map((address) => address.split('/')[2])).toEqual([
    '192.168.1.7',
    '203.0.113.9',
    '127.0.0.1',
    '172.17.0.1',
    '169.254.3.4',
    'fe80::1',
  ])
})

test('the one that answered last goes before all others', () => {
  const addresses = ['/ip4/10.0.0.1/tcp/8081', '/ip4/127.0.0.1/tcp/8081']
  expect(rankAddresses(addresses, { answered: '/ip4/127.0.0.1/tcp/8081' })[0]).toBe('/ip4/127.0.0.1/tcp/8081')
})

test('a bridge is recognised by its interface, whatever its network', () => {
  const addresses = ['/ip4/192.168.49.1/tcp/8081', '/ip4/203.0.113.9/tcp/8081']
  expect(rankAddresses(addresses, { interfaces: new Map([['192.168.49.1', 'br-4f2a']]) })).toEqual([...addresses].reverse())
})

test('repeated and invalid addresses are dropped, and no more than the maximum are kept', () => {
  expect(
    rankAddresses(['/ip4/10.0.0.1/tcp/1', '/ip4/10.0.0.1/tcp/1/p2p/12D3Koo', 'nonsense', '/ip4/10.0.0.999/tcp/1', '/ip4/10.0.0.1/udp/1']),
  ).toEqual(['/ip4/10.0.0.1/tcp/1'])
  expect(rankAddresses(Array.from({ length: 50 }, (_, index) => `/ip4/10.0.0.${index}/tcp/1`))).toHaveLength(16)
})

test('hostile addresses are not addresses', () => {
  const hostile = [
    '',
    '/',
    '/ip4/1.2.3.4/tcp/0',
    '/ip4/1.2.3.4/tcp/65536',
    '/ip4/1.2.3.4/tcp/1e3',
    '/ip4/1.2.3.4/tcp/80/ws',
    '/unix/%2Frun%2Fdocker.sock',
    '/dns/-x/tcp/1',
    '/dns/a b/tcp/1',
    `/dns/${'a'.repeat(300)}/tcp/1`,
    '/ip4/1.2.3.4/tcp/80/p2p/',
    '/ip4/1.2.3.4/tcp/80/p2p/x/p2p-circuit',
  ]
  for (const address of hostile) expect([address, parseAddress(address)]).toEqual([address, null])
  fc.assert(fc.property(fc.string(), (text) => parseAddress(`/ip4/${text}/tcp/1`) === null || /^[\d.]+$/.test(text)))
})

test('host and port become an address and come back', () => {
  for (const host of ['10.0.0.1', '::1', 'node-1.lan']) expect(parseAddress(addressOf(host, 8081))).toEqual({ host, port: 8081 })
  expect(towards('/ip4/10.0.0.1/tcp/1/p2p/old', asPeerId('new'))).toBe('/ip4/10.0.0.1/tcp/1/p2p/new')
})

test('loopback is published only by a node that listens nowhere else', () => {
  const [lan, loop, six] = ['/ip4/10.0.0.1/tcp/1', '/ip4/127.0.0.1/tcp/1', '/ip6/::1/tcp/1'] as const
  expect(publishable([lan, loop, six])).toEqual([lan])
  expect(publishable([loop, six])).toEqual([loop, six])
})
