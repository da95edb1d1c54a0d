import { afterEach, expect, test } from 'bun:test'
import { connect } from 'node:net'
import { createSetupPages, serveWeb } from '../../src/web/index.ts'
import { listen } from '../../src/web/listen.ts'
import { twinService } from '../support/service.ts'
import { type SetupTwin, setupTwin } from '../support/setup.ts'

const cookieName = 'bzzz-0123456789ab'
const own = 'Bienen summen um 7 Linden'
const open: AsyncDisposable[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]()
})

const serve = async (twin: SetupTwin = setupTwin()) => {
  const setup = createSetupPages(twin.setup, { self: () => 'atlas', cookie: cookieName, port: () => 8080 })
  const web = await serveWeb(twinService(), { host: '127.0.0.1', port: 0, names: ['atlas'], setup })
  open.push(web)
  return { ...twin, twin, origin: web.url.slice(0, -1), port: web.port ?? 0 }
}
type Site = Awaited<ReturnType<typeof serve>>

/** A browser as far as these pages need one: one cookie, forms with the token of the page. */
const browser = (site: Pick<Site, 'origin'>) => {
  let cookie = ''
  const ask = async (path: string, init: RequestInit = {}): Promise<Response> => {
    const headers = new Headers(init.headers)
    if (cookie !== '') headers.set('cookie', cookie)
    const response = await fetch(`${site.origin}${path}`, { ...init, headers, redirect: 'manual' })
    const set = response.headers.get('set-cookie')
    if (set !== null) cookie = set.split(';')[0] ?? ''
    return response
  }
  const tokenOn = async (path: string) => / name="token" value="([^"]+)"/.exec(await (await ask(path)).text())?.[1] ?? ''
  const post = (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    ask(path, { method: 'POST', body: new URLSearchParams(fields), headers: { origin: site.origin, ...headers } })
  return {
    ask,
    post,
    tokenOn,
    submit: async (from: string, path: string, fields: Record<string, string>) => post(path, { token: await tokenOn(from), ...fields }),
    get cookie() {
      return cookie
    },
    set cookie(value: string) {
      cookie = value
    },
  }
}

const codeOf = (site: Site) => site.setup.claims.link(false).code
const claimed = async (site: Site) => {
  const me = browser(site)
  const answer = await me.submit('/setup', '/setup/claim', { code: codeOf(site) })
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/setup/machine'])
  return me
}

test('a code claims the machine, and from then on /setup is gone for everybody else', async () => {
  const site = await serve()
  const me = await claimed(site)
  expect((await me.ask('/setup')).headers.get('location')).toBe('/setup/machine')
  expect((await me.ask('/setup/machine')).status).toBe(200)
  const stranger = browser(site)
  for (const path of ['/setup', '/setup/machine', '/setup/master-key', '/setup/confirm', '/setup/x']) {
    const answer = await stranger.ask(path)
    expect([path, answer.status]).toEqual([path, 404])
    expect(await answer.text()).toContain('bzzz setup --link')
  }
  expect((await stranger.submit('/setup', '/setup/claim', { code: '0'.repeat(26) })).status).toBe(404)
})

test('of a hundred claims at once with the right code one wins', async () => {
  const site = await serve()
  const code = codeOf(site)
  // Nine of the ten tries that an address has at once go to rivals that lose; the others are told to wait.
  const rivals = await Promise.all(
    Array.from({ length: 100 }, async () => {
      const one = browser(site)
      return { one, token: await one.tokenOn('/setup') }
    }),
  )
  const answers = await Promise.all(rivals.map(({ one, token }) => one.post('/setup/claim', { token, code })))
  expect(answers.filter(({ status }) => status === 303).length).toBe(1)
  const winners = await Promise.all(rivals.map(async ({ one }) => (await one.ask('/setup/machine')).status))
  expect(winners.filter((status) => status === 200).length).toBe(1)
})

test('a code is worth nothing the second time, also to the one who used it', async () => {
  const site = await serve()
  const code = codeOf(site)
  const me = browser(site)
  const token = await me.tokenOn('/setup')
  const before = me.cookie
  expect((await me.post('/setup/claim', { token, code })).status).toBe(303)
  const session = me.cookie
  me.cookie = before
  expect((await me.post('/setup/claim', { token, code })).status).toBe(404)
  site.setup.claims.link(true)
  expect((await me.post('/setup/claim', { token, code })).status).toBe(422)
  me.cookie = session
  expect((await me.ask('/setup/machine')).status).toBe(303)
})

test('session fixation: a cookie that was planted before the claim admits nobody after it', async () => {
  const site = await serve()
  const planted = `${cookieName}=${'A'.repeat(43)}`
  const victim = browser(site)
  victim.cookie = planted
  await victim.submit('/setup', '/setup/claim', { code: codeOf(site) })
  expect(victim.cookie).not.toBe(planted)
  const attacker = browser(site)
  attacker.cookie = planted
  expect((await attacker.ask('/setup/machine')).status).toBe(404)
})

test.each([
  ['another site', { origin: 'http://evil.example' }],
  ['no origin', { origin: '' }],
  ['an opaque origin', { origin: 'null' }],
  ['another port of this machine', { origin: 'http://127.0.0.1:1' }],
  ['another site by the browser’s own word', { 'sec-fetch-site': 'cross-site' }],
  ['another port by the browser’s own word', { 'sec-fetch-site': 'same-site' }],
] as const)('a form from %s changes nothing', async (_, headers) => {
  const site = await serve()
  const me = await claimed(site)
  const token = await me.tokenOn('/setup/cluster')
  expect((await me.post('/setup/cluster', { token, cluster: 'evil' }, headers)).status).toBe(403)
  expect(site.setup.draft().cluster).toBeUndefined()
})

test.each([
  ['JSON', 'application/json', '{"cluster":"evil"}'],
  ['plain text that looks like a form', 'text/plain', 'cluster=evil'],
  ['several parts', 'multipart/form-data; boundary=x', '--x\r\nContent-Disposition: form-data; name="cluster"\r\n\r\nevil\r\n--x--'],
])('%s is no form of ours, even from our own page', async (_, type, body) => {
  const site = await serve()
  const me = await claimed(site)
  const answer = await me.ask('/setup/cluster', { method: 'POST', body, headers: { origin: site.origin, 'content-type': type } })
  expect(answer.status).toBe(415)
  expect(site.setup.draft().cluster).toBeUndefined()
})

test('a form without its token, or with that of another visit, changes nothing', async () => {
  const site = await serve()
  const foreign = await browser(site).tokenOn('/setup')
  const me = await claimed(site)
  for (const token of ['', 'x', foreign]) expect((await me.post('/setup/cluster', { token, cluster: 'evil' })).status).toBe(403)
  expect(site.setup.draft().cluster).toBeUndefined()
})

test('nothing is changed by GET', async () => {
  const site = await serve()
  const me = await claimed(site)
  const before = site.store.read()
  for (const path of ['machine', 'cluster', 'operator', 'master-key', 'confirm', 'claim']) {
    await me.ask(`/setup/${path}?cluster=evil&name=evil&code=x`)
    await me.ask(`/setup/${path}`, { method: 'HEAD' })
  }
  expect([site.store.read(), site.setup.master.waiting]).toEqual([before, null])
})

test('DNS rebinding: a foreign name gets 421, and a name of this machine that is not loopback gets no set-up', async () => {
  const site = await serve()
  const status = async (headers: Record<string, string>) => (await fetch(`${site.origin}/setup`, { headers })).status
  expect(await status({ host: 'evil.example' })).toBe(421)
  expect(await status({ host: `evil.example:${site.port}` })).toBe(421)
  expect(await status({ host: 'atlas' })).toBe(403)
  expect(await status({ host: '[::1]:9' })).toBe(200)
})

test.each(['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'])(
  'what a proxy relays (%s) is refused with the way that is safe',
  async (name) => {
    const site = await serve()
    const answer = await fetch(`${site.origin}/setup`, { headers: { [name]: '198.18.0.9' } })
    expect([answer.status, (await answer.text()).includes('ssh -L 8080:127.0.0.1:8080 atlas')]).toEqual([403, true])
  },
)

test('a request from another address is refused, whatever it says', async () => {
  const { setup } = setupTwin()
  const pages = createSetupPages(setup, { self: () => 'atlas', cookie: cookieName, port: () => 8080 })
  const from = async (address: string | null) => {
    const server = { requestIP: () => (address === null ? null : { address }) }
    return (await pages.request('http://127.0.0.1:8080/setup', { headers: { host: '127.0.0.1:8080' } }, { server })).status
  }
  expect(await Promise.all(['127.0.0.1', '::1', '::ffff:127.0.0.1', '198.18.0.9', '::ffff:198.18.0.9', null].map(from))).toEqual([
    200, 200, 200, 403, 403, 403,
  ])
})

test('every answer forbids frames, foreign scripts, caching and referrers; the cookie is this node’s alone', async () => {
  const site = await serve()
  const me = await claimed(site)
  const answers = [await fetch(`${site.origin}/setup`), await me.ask('/setup/machine'), await me.ask('/setup/nowhere')]
  for (const { headers } of answers) {
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    expect(headers.get('content-security-policy')).not.toMatch(/unsafe|\*|https?:/)
    expect([headers.get('x-frame-options'), headers.get('cache-control'), headers.get('referrer-policy')]).toEqual([
      'DENY',
      'no-store',
      'same-origin',
    ])
    expect(headers.get('access-control-allow-origin')).toBeNull()
  }
  const [fresh] = answers
  expect(fresh?.headers.get('set-cookie')).toMatch(/^bzzz-0123456789ab=[A-Za-z0-9_-]{43}; Path=\/setup; HttpOnly; SameSite=Strict$/)
})

test('guesses are slowed per address: after ten, 429 with the time to wait', async () => {
  const site = await serve()
  codeOf(site)
  const me = browser(site)
  const token = await me.tokenOn('/setup')
  const statuses: number[] = []
  for (let n = 0; n < 15; n++) statuses.push((await me.post('/setup/claim', { token, code: `${n}`.padStart(26, '0') })).status)
  expect(statuses).toEqual([...Array(10).fill(422), ...Array(5).fill(429)])
  const slowed = await me.post('/setup/claim', { token, code: 'x' })
  expect(slowed.headers.get('retry-after')).toBe('3')
})

test('a form that trickles in is cut, one that is too large is refused, and the page goes on', async () => {
  const { setup } = setupTwin()
  const pages = createSetupPages(setup, { self: () => 'atlas', cookie: cookieName, port: () => 8080 })
  const listening = listen(pages, { hostname: '127.0.0.1', port: 0 }, 1)
  open.push(listening)
  const { promise, resolve } = Promise.withResolvers<void>()
  const socket = connect(listening.port ?? 0, '127.0.0.1', () =>
    socket.write(
      'POST /setup/claim HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 90\r\n\r\ncode=7',
    ),
  )
  socket.on('error', () => {}).on('close', () => resolve())
  const large = await fetch(`http://127.0.0.1:${listening.port}/setup/claim`, {
    method: 'POST',
    body: new URLSearchParams({ code: 'x'.repeat(20_000) }),
  })
  expect(large.status).toBe(413)
  expect((await fetch(`http://127.0.0.1:${listening.port}/setup`)).status).toBe(200)
  await promise
}, 20_000)

test.each([
  ['machine', { name: '<script>alert(1)</script>', zone: '"><img src=x>', meshPort: '{{7*7}}' }],
  ['cluster', { cluster: '"><script>alert(1)</script>' }],
  ['operator', { name: '<b>', passphrase: own, again: own }],
])('what comes back on the page of %s is text, never markup', async (step, fields) => {
  const site = await serve()
  const me = await claimed(site)
  const answer = await me.submit(`/setup/${step}`, `/setup/${step}`, fields)
  expect(answer.status).toBe(422)
  const html = await answer.text()
  expect(html).not.toMatch(/<script>|<img/)
  expect(html).not.toContain(own)
})

test('the whole way; the words leave once, in the answer to a form, and loading the page again does not show them', async () => {
  const site = await serve()
  const me = await claimed(site)
  const go = async (step: string, fields: Record<string, string>) => {
    const answer = await me.submit(`/setup/${step}`, `/setup/${step}`, fields)
    expect([step, answer.status]).toEqual([step, 303])
    return answer.headers.get('location')
  }
  expect((await me.ask('/setup/master-key')).headers.get('location')).toBe('/setup/machine')
  expect(await go('machine', { name: 'atlas', zone: '', meshPort: '8081' })).toBe('/setup/cluster')
  expect(await go('cluster', { cluster: 'linden' })).toBe('/setup/operator')
  expect(await go('operator', { name: 'mara', passphrase: own, again: own })).toBe('/setup/master-key')
  const sheetOf = async () => {
    const answer = await me.submit('/setup/master-key', '/setup/master-key', {})
    expect(answer.headers.get('cache-control')).toBe('no-store')
    return [...(await answer.text()).matchAll(/<li><b>\d+<\/b><span>([a-z]+)<\/span>/g)].map((match) => match[1] ?? '')
  }
  const thrownAway = await sheetOf()
  const words = await sheetOf()
  expect([words.length, words.join(' ') === thrownAway.join(' ')]).toEqual([24, false])
  for (const path of ['/setup/master-key', '/setup/confirm']) {
    const html = await (await me.ask(path)).text()
    expect(words.filter((word) => html.includes(`<span>${word}</span>`))).toEqual([])
  }
  const asks = site.setup.master.waiting?.asks ?? []
  const wrong = await me.submit('/setup/confirm', '/setup/confirm', Object.fromEntries(asks.map((place) => [`w${place}`, 'bzzz'])))
  expect(wrong.status).toBe(422)
  expect(await go('confirm', Object.fromEntries(asks.map((place) => [`w${place}`, words[place - 1] ?? ''])))).toBe('/')
  expect(site.setup.closed).toBe(true)
  expect((await me.ask('/setup')).status).toBe(404)
})

test('a node in a cluster has no set-up, for nobody', async () => {
  const twin = setupTwin()
  twin.inCluster = true
  const me = browser(await serve(twin))
  for (const path of ['/setup', '/setup/machine', '/setup/claim', '/setup/master-key']) {
    expect((await me.ask(path)).status).toBe(404)
    expect((await me.post(path, {})).status).toBe(404)
  }
})
