import { expect, test } from 'bun:test'
import { layoutFor } from '../../src/install/index.ts'
import { unitText } from '../../src/install/unit.ts'

const system = layoutFor({ uid: 0, home: '/root', env: {} })
const ana = layoutFor({ uid: 1000, home: '/home/ana', env: {} })

test('the node of the machine runs as its own user, without privileges, and writes to one folder', () => {
  const lines = unitText(system, { groups: ['render'], lingering: false }).split('\n')
  for (const line of [
    'ExecStart=/opt/bzzz/current/bzzz run',
    'Environment=XDG_CONFIG_HOME=/etc XDG_DATA_HOME=/var/lib',
    'User=bzzz',
    'SupplementaryGroups=render',
    'CapabilityBoundingSet=',
    'ProtectSystem=strict',
    'ReadWritePaths=/var/lib/bzzz',
    'LimitCORE=0',
    'WantedBy=multi-user.target',
  ])
    expect(lines).toContain(line)
})

test('without groups for GPUs none is named, because systemd would refuse an unknown one', () => {
  expect(unitText(system, { groups: [], lingering: false })).not.toContain('SupplementaryGroups')
})

test('the node of a user starts with that user', () => {
  const text = unitText(ana, { groups: [], lingering: true })
  expect(text).toContain('ExecStart=/home/ana/.local/lib/bzzz/current/bzzz run')
  expect(text).toContain('WantedBy=default.target')
  expect(text).toContain('X-BzzzLingering=asked')
  expect(text).not.toContain('User=')
})

test('a home with blanks, quotes and specifiers stays one word', () => {
  const odd = layoutFor({ uid: 1000, home: '/home/a "b" %h', env: {} })
  expect(unitText(odd, { groups: [], lingering: false })).toContain(
    'ExecStart="/home/a \\"b\\" %%h/.local/lib/bzzz/current/bzzz" run\nEnvironment="XDG_CONFIG_HOME=/home/a \\"b\\" %%h/.config"',
  )
})
