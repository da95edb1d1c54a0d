import { describe, expect, test } from 'bun:test'
import { judgeVersion } from '../../../src/host/ollama/index.ts'
import { ollamaCapability, ollamaUrlDefault, probeOllama } from '../../../src/host/ollama/probe.ts'
import { environmentIn } from '../../../src/host/ollama/store.ts'
import { captured } from '../../support/captured-host.ts'
import { recordedExchanges } from '../../support/ollama.ts'
import { type Pretended, pretendMachine } from '../../support/pretend-machine.ts'

const recorded = Object.fromEntries(recordedExchanges.map(({ request, response }) => [`${ollamaUrlDefault}${request.path}`, response]))
const answering = (version: string) => ({
  ...recorded,
  [`${ollamaUrlDefault}/api/version`]: { status: 200, body: JSON.stringify({ version }) },
})
const systemStore = { '/usr/share/ollama/.ollama/models/manifests/registry.ollama.ai/library/tiny/latest': '{}' }
const probe = (pretended: Pretended) => probeOllama(pretendMachine(pretended), ollamaUrlDefault)

describe('a version', () => {
  test.each([
    ['0.17.0', 'unsafe'],
    ['0.5.7', 'unsafe'],
    ['0.17.1-rc2', 'unsafe'],
    ['0.17.1', 'old'],
    ['0.20.2', 'old'],
    ['0.20.3-rc0', 'safe'],
    ['0.20.3', 'safe'],
    ['1.0.0', 'safe'],
    ['v0.21.0', 'safe'],
    ['0.0.0', 'source'],
    ['0.0.0-dirty', 'source'],
    ['main', 'unknown'],
    ['', 'unknown'],
    ['9'.repeat(300), 'unknown'],
  ])('%s is %s', (version, level) => expect(judgeVersion(version).level as string).toBe(level))
})

describe('an Ollama', () => {
  test('as it was recorded runs, lists two models, is a build from source, and keeps its models where the service does', async () => {
    const found = await probe({ answers: recorded, files: systemStore })
    expect(found).toMatchObject({
      running: true,
      version: '0.0.0',
      models: 2,
      store: { folder: '/usr/share/ollama/.ollama/models', readable: true },
    })
    expect(ollamaCapability(found)).toEqual({
      running: true,
      version: '0.0.0',
      store: '/usr/share/ollama/.ollama/models',
      warning: 'Ollama was built from source and reports version 0.0.0, so whether its known holes are mended cannot be told.',
    })
  })

  test('of a safe version on loopback needs no warning', async () => {
    const found = await probe({ answers: answering('0.30.1'), files: { ...systemStore, '/proc/net/tcp': captured('net-tcp.txt') } })
    expect(ollamaCapability(found)?.warning).toBeNull()
  })

  test('with a known hole fails', async () => {
    expect((await probe({ answers: answering('0.16.0'), files: systemStore }))?.concerns[0]?.level).toBe('fail')
  })

  test('that listens on every network is warned of, in IPv4 and as Go listens, in IPv6', async () => {
    const v4 = captured('net-tcp.txt').replace('0100007F:2CAA', '00000000:2CAA')
    const v6 = captured('net-tcp6.txt').replace(':2CAB', ':2CAA')
    for (const files of [{ '/proc/net/tcp': v4 }, { '/proc/net/tcp6': v6 }]) {
      const found = await probe({ answers: answering('0.30.1'), files: { ...systemStore, ...files } })
      expect(found?.concerns.map(({ message }) => message)).toEqual([
        'Ollama listens on every network of this machine (0.0.0.0) and asks nobody for a key.',
      ])
    }
  })

  test('on one address of the network is named by that address', async () => {
    const files = { ...systemStore, '/proc/net/tcp': captured('net-tcp.txt').replace('0100007F:2CAA', '0500000A:2CAA') }
    expect((await probe({ answers: answering('0.30.1'), files }))?.concerns[0]?.message).toContain('listens on 10.0.0.5')
  })

  test('that is installed and does not answer says so', async () => {
    expect(await probe({ files: systemStore })).toMatchObject({ running: false, version: null, concerns: [{ level: 'warn' }] })
    expect(await probe({ files: { '/usr/local/bin/ollama': '' } })).toMatchObject({ running: false, store: null })
  })

  test('that is not there is none', async () => expect(await probe({})).toBeNull())

  test.each([
    ['a page of another program', 200, '<html>hello</html>'],
    ['an error', 500, '{"version":"0.30.1"}'],
    ['a version that is no text', 200, '{"version":7}'],
    ['an endless version', 200, JSON.stringify({ version: 'x'.repeat(9_999) })],
  ])('is not what answers with %s', async (_, status, body) => {
    expect(await probe({ answers: { [`${ollamaUrlDefault}/api/version`]: { status, body } } })).toBeNull()
  })

  test('without any model lists none: Go writes an empty list as null', async () => {
    const answers = { ...answering('0.30.1'), [`${ollamaUrlDefault}/api/tags`]: { status: 200, body: '{"models":null}' } }
    expect((await probe({ answers, files: systemStore }))?.models).toBe(0)
  })
})

describe('its store', () => {
  const dropIn = {
    '/etc/systemd/system/ollama.service.d/override.conf': '[Service]\nEnvironment="OLLAMA_MODELS=/srv/models" "OLLAMA_DEBUG=1"\n',
  }

  test('is where its service says, if that exists', async () => {
    const found = await probe({ answers: answering('0.30.1'), files: { ...systemStore, ...dropIn, '/srv/models/blobs/x': '' } })
    expect(found?.store?.folder).toBe('/srv/models')
    expect((await probe({ answers: answering('0.30.1'), files: { ...systemStore, ...dropIn } }))?.store?.folder).toBe(
      '/usr/share/ollama/.ollama/models',
    )
  })

  test('may be given by the environment, or lie in the home folder', async () => {
    expect((await probe({ files: { '/data/m/blobs/x': '' }, env: { OLLAMA_MODELS: '/data/m' } }))?.store?.folder).toBe('/data/m')
    expect((await probe({ files: { '/home/mara/.ollama/models/blobs/x': '' } }))?.store?.folder).toBe('/home/mara/.ollama/models')
  })

  test('that cannot be looked into is named, with what opens it', async () => {
    const folder = '/usr/share/ollama/.ollama/models'
    const found = await probe({ answers: answering('0.30.1'), facts: { [folder]: { kind: 'folder', mode: 0o700, uid: 998 } } })
    expect(found?.concerns[0]).toMatchObject({ level: 'warn', remedy: `sudo chmod -R o+rX ${folder}` })
  })

  test.each([
    ['Environment=OLLAMA_MODELS=/a', '/a'],
    ['Environment="OLLAMA_MODELS=/with space"', '/with space'],
    ["Environment='A=1' 'OLLAMA_MODELS=/b'", '/b'],
    ['Environment=A=1 OLLAMA_MODELS=/c', '/c'],
    ['# Environment=OLLAMA_MODELS=/no', undefined],
  ])('is read from %j', (unit, folder) => expect(environmentIn(unit).OLLAMA_MODELS).toBe(folder as string))
})
