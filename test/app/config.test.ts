import { afterAll, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Flags, readConfig, type Surroundings } from '../../src/app/config.ts'
import { parseConfig } from '../../src/app/config-file.ts'
import { Fault } from '../../src/base/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'bzzz-config-'))
afterAll(() => rmSync(folder, { recursive: true }))

const around = (env: Record<string, string> = {}): Surroundings => ({
  env,
  uid: 1000,
  home: '/nonexistent/home',
  hostname: 'Nova.example.org',
  cwd: '/work',
  terminal: false,
})

const fileWith = (text: string): string => {
  const path = join(folder, `${Math.abs(Bun.hash.crc32(text))}.yaml`)
  writeFileSync(path, text)
  return path
}

const faultOf = (act: () => unknown): Fault => {
  try {
    act()
  } catch (error) {
    if (error instanceof Fault) return error
    throw error
  }
  throw new Error('expected a Fault')
}

const read = (flags: Flags = {}, env: Record<string, string> = {}) => readConfig(flags, around(env))

test('without file, environment and flags there are defaults', () => {
  expect(read()).toEqual({
    name: 'nova',
    zone: null,
    data: '/nonexistent/home/.local/share/bzzz',
    socket: '/nonexistent/home/.local/share/bzzz/bzzz.sock',
    web: { host: '127.0.0.1', port: 8080 },
    mesh: { host: '0.0.0.0', port: 8081, announce: [] },
    bulk: { port: 8082 },
    gateway: { port: 11435 },
    log: { level: 'info', format: 'json' },
    ollama: { url: 'http://127.0.0.1:11434' },
    file: null,
    fixed: { name: null, zone: null, meshPort: null },
  })
})

test('flags win over the environment, the environment over the file', () => {
  const config = fileWith('name: file\nzone: rack-a\nweb: { port: 1 }\nmesh: { port: 2 }\nlog: { level: debug }\n')
  const read3 = read({ config, name: 'flag', 'web-port': '0' }, { BZZZ_NAME: 'env', BZZZ_WEB_PORT: '3', BZZZ_MESH_PORT: '4' })
  expect(read3).toMatchObject({ name: 'flag', zone: 'rack-a', web: { port: 0 }, mesh: { port: 4 }, log: { level: 'debug' }, file: config })
})

test('the socket follows the data folder, and relative folders the working directory', () => {
  expect(read({ data: 'd' })).toMatchObject({ data: '/work/d', socket: '/work/d/bzzz.sock' })
  expect(read({ data: '/d' }, { BZZZ_SOCKET: 's.sock' }).socket).toBe('/work/s.sock')
})

test('announced hosts become addresses on the mesh port', () => {
  const config = fileWith('mesh: { port: 9, announce: [10.0.0.5, "fd00::1", nova.lan, /ip4/1.2.3.4/tcp/5] }')
  expect(read({ config }).mesh.announce).toEqual(['/ip4/10.0.0.5/tcp/9', '/ip6/fd00::1/tcp/9', '/dns/nova.lan/tcp/9', '/ip4/1.2.3.4/tcp/5'])
  expect(read({}, { BZZZ_MESH_ANNOUNCE: '10.0.0.5, 10.0.0.6' }).mesh.announce).toHaveLength(2)
})

test.each([
  ['name: a\nwbe:\n  port: 1', 'f.yaml, line 2: unknown key `wbe`: did you mean `web`?'],
  ['web:\n  host: 127.0.0.1\n  prot: 1', 'f.yaml, line 3: unknown key `prot` in `web`: did you mean `port`?'],
  ['completely: 1', 'f.yaml, line 1: unknown key `completely`.'],
  ['__proto__: { polluted: 1 }', 'f.yaml, line 1: unknown key `__proto__`'],
  ['constructor: 1', 'f.yaml, line 1: unknown key `constructor`'],
  ['\nweb:\n  port: 70000', 'f.yaml, line 3: `web.port`: expected at most 65535.'],
  ['web: { port: "8080" }', 'expected a port, a whole number from 0 to 65535'],
  ['web: { port: 1.5 }', 'whole number'],
  ['web: { port: -1 }', '0 or more'],
  ['web: 8080', 'f.yaml, line 1'],
  ['web: { host: 0.0.0.0 }', 'loopback'],
  ['web: { host: 127.0.0.1.evil.com }', 'loopback'],
  ['mesh: { host: example.org }', 'IP address'],
  ['mesh: { announce: [a, "b c"] }', 'line 1: `mesh.announce.1`'],
  ['name: -x', 'a-z 0-9'],
  ['name: "a b"', 'a-z 0-9'],
  [`name: ${'a'.repeat(64)}`, 'a-z 0-9'],
  ['data: relative/folder', 'absolute'],
  ['log: { level: loud }', 'one of debug, info'],
  ['ollama: { url: "http://user:pw@x" }', 'without a password'],
  ['ollama: { url: "file:///etc/passwd" }', 'expected an address'],
  ['- a\n- b', 'expected keys and values'],
  ['just text', 'expected keys and values'],
  ['web: {\n  port: 1', 'not YAML'],
  ['name: a\nname: b', 'f.yaml, line 2: this is not YAML'],
  ['name: a\n---\nname: b', 'not YAML'],
  [
    'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c]',
    'f.yaml',
  ],
])('%j is refused', (text, says) => {
  const fault = faultOf(() => parseConfig(text, 'f.yaml'))
  expect(fault.code).toBe('bad-config')
  expect(fault.message).toContain(says)
  expect(fault.hint).toBeString()
})

test('an empty file and a file of comments say nothing', () => {
  expect(parseConfig('', 'f')).toEqual({})
  expect(parseConfig('# nothing\n', 'f')).toEqual({})
})

test('a wrong flag or variable is named as it was given', () => {
  expect(faultOf(() => read({ 'web-port': 'abc' })).message).toBe('--web-port: expected a port, a whole number from 0 to 65535.')
  expect(faultOf(() => read({}, { BZZZ_MESH_PORT: '99999' })).message).toContain('BZZZ_MESH_PORT: expected at most 65535')
  expect(faultOf(() => read({}, { BZZZ_MESH_ANNOUNCE: 'a b' })).message).toContain('BZZZ_MESH_ANNOUNCE')
})

test('a variable that is nearly ours is a typing error, another is not our business', () => {
  expect(faultOf(() => read({}, { BZZZ_WEB_PROT: '1' })).message).toContain('did you mean BZZZ_WEB_PORT?')
  expect(read({}, { BZZZ_RELEASE_SIGNING_KEY: 'x', BZZZ_NAME: '' }).name).toBe('nova')
})

test('two parts cannot have one port, but both may take any', () => {
  expect(faultOf(() => read({ 'web-port': '8081' })).message).toBe('`web.port` and `mesh.port` are both 8081.')
  expect(read({ 'web-port': '0', 'mesh-port': '0' })).toMatchObject({ web: { port: 0 }, mesh: { port: 0 } })
})

test('a named file must exist and be readable', () => {
  expect(faultOf(() => read({ config: '/nonexistent.yaml' })).message).toBe('There is no file /nonexistent.yaml.')
  expect(faultOf(() => read({ config: folder })).message).toContain('is a folder')
  expect(faultOf(() => read({ config: fileWith('#'.repeat(300_000)) })).message).toContain('larger than 256 KiB')
  if (process.getuid?.() !== 0) {
    const path = fileWith('name: closed')
    chmodSync(path, 0)
    expect(faultOf(() => read({ config: path })).code).toBe('forbidden')
  }
})

test('a socket path that the kernel would cut is refused', () => {
  expect(faultOf(() => read({ data: `/${'d'.repeat(120)}` })).message).toContain('longer than the system allows')
})

test.each(['', '...', 'Ünï', '-', 'A_B', 'x'.repeat(300), '\u0000\u001b[2J'])('host name %j gives a proper name', (host) => {
  expect(readConfig({}, { ...around(), hostname: host }).name).toMatch(/^[a-z0-9]([a-z0-9_-]{0,61}[a-z0-9])?$/)
})
