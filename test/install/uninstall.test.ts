import { expect, test } from 'bun:test'
import { layoutFor, prepareRemoval, uninstall } from '../../src/install/index.ts'
import { type Pretended, pretendMachine } from '../support/pretend-machine.ts'
import { recordingShell } from '../support/recording-shell.ts'

const layout = layoutFor({ uid: 0, home: '/root', env: {} })
const installed: Pretended = {
  files: {
    '/run/systemd/system/x': '',
    '/opt/bzzz/0.1.0/bzzz': '',
    'link:/opt/bzzz/current': '0.1.0',
    'link:/usr/local/bin/bzzz': '/opt/bzzz/current/bzzz',
    '/etc/bzzz/config.yaml': '',
    '/var/lib/bzzz/identity.json': '',
    [layout.unit]: '[Unit]\n',
  },
}
const ports = (pretended: Pretended, answers = {}) => ({ shell: recordingShell(answers), files: pretendMachine(pretended).files })

test('configuration, keys and account are kept unless all is to go', async () => {
  const { removed, kept } = await prepareRemoval(layout, false, ports(installed))
  expect(removed.map(({ path }) => path)).toEqual([null, layout.unit, '/usr/local/bin/bzzz', '/opt/bzzz'])
  expect(kept.map(({ path }) => path)).toEqual(['/etc/bzzz', '/var/lib/bzzz', null])
  expect((await prepareRemoval(layout, true, ports(installed))).kept).toEqual([])
})

test('a command that is not ours is not touched', async () => {
  const foreign = { files: { ...installed.files, 'link:/usr/local/bin/bzzz': '/somewhere/else' } }
  const there = ports(foreign)
  const removal = await prepareRemoval(layout, true, there)
  expect(removal.removed.map(({ path }) => path)).not.toContain('/usr/local/bin/bzzz')
})

test('what is still there afterwards is named', async () => {
  const stubborn = ports(installed)
  const removal = await prepareRemoval(layout, false, stubborn)
  await expect(uninstall(layout, removal, false, stubborn, () => {})).rejects.toMatchObject({
    code: 'left-behind',
    message: expect.stringContaining('/opt/bzzz'),
  })
})

test('where there is nothing, nothing is listed', async () => {
  const answers = { 'id -u': { code: 1 }, 'systemctl is': { code: 3 } }
  const removal = await prepareRemoval(layout, true, ports({ files: { '/run/systemd/system/x': '' } }, answers))
  expect([removal.removed, removal.kept]).toEqual([[], []])
})

test('what lets services of a user linger is taken back only where we asked for it', async () => {
  const ana = layoutFor({ uid: 1000, home: '/home/ana', env: {} })
  for (const [unit, asked] of [
    ['[Unit]\n', false],
    ['[Unit]\nX-BzzzLingering=asked\n', true],
  ] as const) {
    const there = ports({ files: { '/run/systemd/system/x': '', [ana.unit]: unit } })
    await uninstall(ana, await prepareRemoval(ana, true, there), true, there, () => {}).catch(() => {})
    expect(there.shell.ran.includes('loginctl disable-linger')).toBe(asked)
  }
})
