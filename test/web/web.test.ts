import { expect, test } from 'bun:test'
import { Hono } from 'hono'
import { silentLog } from '../../src/base/index.ts'
import { createWeb } from '../../src/web/index.ts'
import { twinService, viewWith } from '../support/service.ts'

const open = () => {
  const service = twinService()
  const acts: string[] = []
  const pages = new Hono()
    .get('/', (c) => c.html('<p>the page</p>', 200, { 'Content-Security-Policy': "default-src 'none'; script-src 'nonce-1'" }))
    .post('/act', (c) => {
      acts.push('act')
      return c.text('done')
    })
    .get('/breaks', (c) => c.text('the page says it itself', 500))
  const logged: string[] = []
  const web = createWeb(service, {
    pages,
    knowsHost: (host) => host === 'node.test' || host === '127.0.0.1:8080',
    log: { ...silentLog, error: (message) => logged.push(message) },
  })
  const ask = (path: string, { headers = {}, ...init }: RequestInit & { headers?: Record<string, string> } = {}) =>
    web.request(path, { ...init, headers: { host: 'node.test', ...headers } })
  return { service, acts, ask, logged }
}

test('a foreign page may link here, but loads nothing and opens no stream', async () => {
  const { ask } = open()
  const from = async (site: string, mode: string) =>
    (await ask('/healthz', { headers: { 'sec-fetch-site': site, 'sec-fetch-mode': mode } })).status
  for (const mode of ['cors', 'no-cors', 'websocket', '']) {
    expect(await from('cross-site', mode)).toBe(403)
    expect(await from('same-site', mode)).toBe(403)
  }
  expect(await from('cross-site', 'navigate')).toBe(200)
  expect(await from('same-origin', 'cors')).toBe(200)
  expect(await from('none', 'cors')).toBe(200)
})

test('live and ready are answered for machines, with reasons', async () => {
  const { service, ask } = open()
  expect(await (await ask('/healthz')).text()).toBe('live\n')
  expect(await (await ask('/readyz')).text()).toBe('ready\n')
  service.ready(['no leader is known', 'the log is being read'])
  const response = await ask('/readyz')
  expect([response.status, await response.text()]).toEqual([503, 'not ready\n- no leader is known\n- the log is being read\n'])
})

test('metrics tell what the service counts, at each scrape anew', async () => {
  const { service, ask } = open()
  const response = await ask('/metrics')
  const text = await response.text()
  expect(response.headers.get('content-type')).toContain('text/plain')
  for (const line of [
    'bzzz_raft_term 3',
    'bzzz_raft_role{role="leader"} 1',
    'bzzz_raft_commit_index 1042',
    'bzzz_raft_lag_entries 0',
    'bzzz_members{health="healthy"} 2',
    'bzzz_members{health="down"} 1',
    'bzzz_proposals_total{outcome="committed"} 7',
    'bzzz_writes_per_second 12.5',
    'bzzz_fsync_seconds_total 0.0021',
    'bzzz_mesh_frames_total{direction="out"} 11',
    'bzzz_mesh_refused_total{reason="stranger"} 2',
    'bzzz_ready 1',
    'bzzz_event_loop_lag_seconds 0.0004',
  ]) {
    expect(text.split('\n')).toContain(line)
  }
  expect(text).toMatch(/^bzzz_process_resident_memory_bytes \d+$/m)
  expect(text).toMatch(/^bzzz_process_cpu_seconds_total [\d.]+$/m)
  expect(text).toMatch(/^bzzz_build_info\{version="[^"]+",commit="[^"]+",target="[^"]+",bun="[^"]+"\} 1$/m)
  service.show(viewWith({ writesPerSecond: 99 }))
  expect(await (await ask('/metrics')).text()).toContain('bzzz_writes_per_second 99\n')
})

test('before a cluster there is, the metrics of raft are absent, not zero', async () => {
  const { service, ask } = open()
  const metrics = service.metrics()
  service.metrics = () => ({ ...metrics, raft: null })
  const text = await (await ask('/metrics')).text()
  expect(text).toContain('bzzz_ready 1\n')
  expect(text).not.toMatch(/^bzzz_raft_term /m)
  expect(text).not.toMatch(/^bzzz_raft_role\{/m)
  expect(text).not.toMatch(/^bzzz_raft_elections_total \d/m)
})

test('every answer carries the security headers, refusals and errors too', async () => {
  const { ask } = open()
  const answers = await Promise.all([
    ask('/'),
    ask('/healthz'),
    ask('/none'),
    ask('/breaks'),
    ask('/', { headers: { host: 'evil' } }),
    ask('/act', { method: 'POST' }),
  ])
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 404, 500, 421, 403])
  for (const { headers } of answers) {
    expect(headers.get('content-security-policy')).toStartWith("default-src 'none'; ")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('x-frame-options')).toBe('DENY')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('access-control-allow-origin')).toBeNull()
  }
})

test("a page's own policy stays", async () => {
  const { ask } = open()
  expect((await ask('/')).headers.get('content-security-policy')).toContain("'nonce-1'")
})

test('what breaks inside is logged and not shown', async () => {
  const { service, ask, logged } = open()
  service.health = () => {
    throw new Error('inner detail')
  }
  const response = await ask('/readyz')
  expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining('inner detail')])
  expect(logged).toHaveLength(1)
})

test('a foreign Host gets 421 before anything else happens', async () => {
  const { ask, acts } = open()
  for (const host of ['evil.example', 'node.test.evil', '', 'node.test, evil']) {
    expect((await ask('/act', { method: 'POST', headers: { host, origin: `http://${host}` } })).status).toBe(421)
  }
  expect(acts).toEqual([])
})

test('only a page of this very origin may change something', async () => {
  const { ask, acts } = open()
  const post = async (headers: Record<string, string>) => (await ask('/act', { method: 'POST', headers })).status
  expect(await post({})).toBe(403)
  for (const origin of [
    'null',
    'http://evil.example',
    'http://node.test:8080',
    'https://node.test',
    'http://node.test/',
    'http://node.test.evil',
    'http://node.test http://evil',
  ]) {
    expect([origin, await post({ origin })]).toEqual([origin, 403])
  }
  expect(await post({ origin: 'http://node.test', 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(await post({ origin: 'http://node.test', 'sec-fetch-site': 'same-site' })).toBe(403)
  expect(acts).toEqual([])
  expect(await post({ origin: 'http://node.test', 'sec-fetch-site': 'same-origin' })).toBe(200)
  expect(await post({ origin: 'http://127.0.0.1:8080', host: '127.0.0.1:8080' })).toBe(200)
  expect(acts).toHaveLength(2)
})

test('reading never changes anything, whatever the method is called', async () => {
  const { ask, acts } = open()
  expect((await ask('/act')).status).toBe(404)
  expect((await ask('/act', { headers: { 'x-http-method-override': 'POST' } })).status).toBe(404)
  for (const method of ['TRACE', 'OPTIONS', 'PATCH', 'PROPFIND', 'get']) {
    const { status } = await ask('/act', { method })
    expect([method, [404, 405].includes(status)]).toEqual([method, true])
  }
  expect((await ask('/', { method: 'HEAD' })).status).toBe(200)
  expect(acts).toEqual([])
})

test('there is no answer to a preflight from elsewhere', async () => {
  const { ask } = open()
  const response = await ask('/act', {
    method: 'OPTIONS',
    headers: { origin: 'http://evil.example', 'access-control-request-method': 'POST' },
  })
  expect(response.status).toBe(405)
  expect([...response.headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([])
})
