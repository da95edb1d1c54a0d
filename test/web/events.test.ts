import { expect, test } from 'bun:test'
import type { Clock } from '../../src/base/index.ts'
import type { ClusterView } from '../../src/node/view.ts'
import { createPages, type PagesOptions } from '../../src/web/pages.tsx'
import { sixMachines } from '../support/cluster-views.ts'
import { FakeService } from '../support/fake-service.ts'
import { createProcess } from '../support/process-clock.ts'
import { createSchedule } from '../support/schedule.ts'

const rig = (options: PagesOptions = {}) => {
  const schedule = createSchedule()
  const { clock }: { clock: Clock } = createProcess(schedule, { rate: 1, wallStartMs: 0 })
  const service = new FakeService(sixMachines)
  const pages = createPages(service, { clock, ...options })
  return {
    service,
    pages,
    /** Lets simulated time pass, then what was promised to happen at once. */
    pass: async (ms: number) => {
      schedule.run(schedule.nowMs + ms)
      await settled()
    },
    open: async (path = '/events') => listener(await pages.request(path)),
  }
}

/** All microtasks, and the hops a stream makes between its ends. */
const settled = async () => {
  for (let hop = 0; hop < 20; hop++) await new Promise<void>((resolve) => setImmediate(resolve))
}

/** Reads an event stream piece by piece. */
const listener = async (response: Response) => {
  const reader = response.body?.getReader()
  if (reader === undefined) throw new Error('no body')
  let text = ''
  const pump = (async () => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      text += new TextDecoder().decode(value)
    }
  })()
  await settled()
  return {
    response,
    /** What came since the last call. */
    news: () => {
      const news = text
      text = ''
      return news
    },
    leave: async () => {
      await reader.cancel()
      await pump
      await settled()
    },
  }
}

const regionsIn = (events: string) => [...events.matchAll(/<hx-partial hx-target="#([a-z]+)"/g)].map((match) => match[1])
const led = (name: string): ClusterView => ({
  ...sixMachines,
  leader: sixMachines.leader && { ...sixMachines.leader, name, term: `42-${name}` },
})
const numbers = (writesPerSecond: number): ClusterView => ({ ...sixMachines, writesPerSecond })

test('a page that opens gets every region, as the page itself shows it', async () => {
  const { open } = rig()
  const page = await open()
  expect(page.response.headers.get('content-type')).toBe('text/event-stream')
  expect(regionsIn(page.news())).toEqual(['place', 'state', 'empty', 'map', 'attention', 'machines', 'scores', 'keys', 'events', 'foot'])
})

test('a new leader is told at once, and only in the regions that changed', async () => {
  const { open, service } = rig()
  const page = await open()
  page.news()
  service.show(led('nova'))
  await settled()
  const news = page.news()
  expect(regionsIn(news)).toContain('state')
  expect(news).toContain('nova leads since')
  expect(regionsIn(news)).not.toContain('machines')
})

test('numbers that drift wait for their turn, and then the newest are shown', async () => {
  const { open, service, pass } = rig({ numbersEveryMs: 3_000 })
  const page = await open()
  page.news()
  for (const rate of [4, 5, 6, 7]) service.show(numbers(rate))
  await settled()
  expect(page.news()).toBe('')
  await pass(3_000)
  const news = page.news()
  expect(regionsIn(news)).toEqual(['foot'])
  expect(news).toContain('7.0 writes/s')
})

test('while nothing changes there is only a beat now and then', async () => {
  const { open, pass } = rig({ beatMs: 5_000 })
  const page = await open()
  page.news()
  await pass(4_999)
  expect(page.news()).toBe('')
  await pass(1)
  expect(page.news()).toBe('event: bzzz:beat\ndata: \n\n')
})

test('the node is watched only while a page is open', async () => {
  const { open, service } = rig()
  expect(service.watchers).toBe(0)
  const [one, other] = [await open(), await open()]
  expect(service.watchers).toBe(1)
  await one.leave()
  expect(service.watchers).toBe(1)
  await other.leave()
  expect(service.watchers).toBe(0)
})

test('one page too many is told so, and gets a place when another leaves', async () => {
  const { open, pages } = rig({ streamsMax: 2 })
  const [first] = [await open(), await open()]
  const refused = await pages.request('/events')
  expect(refused.status).toBe(503)
  expect(refused.headers.get('retry-after')).toBe('10')
  expect(await refused.text()).toStartWith('This machine serves 2 open pages at a time')
  await first.leave()
  expect((await open()).response.status).toBe(200)
})

test('a reader that takes nothing loses its place', async () => {
  const { pages, service, pass } = rig({ stalledMs: 30_000, beatMs: 5_000 })
  const response = await pages.request('/events')
  expect(response.status).toBe(200)
  await settled()
  for (let step = 0; step < 12; step++) {
    service.show(led(`leader-${step}`))
    await pass(5_000)
  }
  expect(service.watchers).toBe(0)
})

test('a page from another version is asked to load itself again', async () => {
  const { open, pages } = rig()
  const html = await (await pages.request('/')).text()
  const own = html.match(/hx-sse:connect="([^"]+)"/)?.[1] ?? ''
  expect(own).toStartWith('/events?page=')
  expect(regionsIn((await open(own)).news())).toContain('state')
  const old = (await open('/events?page=0000')).news()
  expect(old).toBe('event: bzzz:renewed\ndata: \n\n')
})

test('a row that changed is marked once', async () => {
  const { open, service } = rig()
  const page = await open()
  page.news()
  const members = sixMachines.members.map((member) => (member.name === 'pi' ? { ...member, health: 'down' as const } : member))
  service.show({ ...sixMachines, members })
  await settled()
  expect(page.news().match(/<tr [^>]*class="[^"]*changed[^>]*id="m-12D3KooWpi/g)?.length).toBe(1)
  service.show({ ...sixMachines, members, leader: null })
  await settled()
  expect(page.news()).not.toContain('changed')
})

test('a picture that cannot be drawn is reported, and the stream goes on with the next', async () => {
  const reported: unknown[] = []
  const { open, service } = rig({ report: (error) => reported.push(error) })
  const page = await open()
  page.news()
  // A view that breaks its own contract stands for any bug.
  service.show({ ...sixMachines, members: undefined as unknown as ClusterView['members'] })
  await settled()
  expect(reported.length).toBeGreaterThan(0)
  service.show(led('pi'))
  await settled()
  expect(page.news()).toContain('pi leads since')
})
