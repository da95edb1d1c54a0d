import { type Context, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { ClusterPage } from '../../views/cluster/index.ts'
import type { Frame } from '../../views/layout.tsx'
import { MachinePage } from '../../views/machine/page.tsx'
import { type Clock, Fault, sha256, systemClock } from '../base/index.ts'
import type { Service } from '../node/service.ts'
import { assets, assetsVersion } from './assets.ts'
import { Broadcast, type Pace } from './broadcast.ts'
import { follow, type Patience } from './event-stream.ts'
import { contentSecurityPolicy, newFrame } from './page-security.ts'
import { problemResponse } from './problem.tsx'

export interface PagesOptions extends Partial<Pace>, Partial<Patience> {
  /** How many open pages may listen at once; the next one is told so. */
  readonly streamsMax?: number
  readonly clock?: Clock
  /** Told of what broke while a page was made; the node goes on. */
  readonly report?: (error: unknown) => void
}

type Source = Pick<Service, 'view' | 'watch'>

/**
 * The pages of a node: `/` shows the cluster, `/nodes/:peer` one machine, `/events` tells open pages what changed. Every page is complete as
 * HTML; scripts only keep it fresh. Sets its own Content-Security-Policy and Cache-Control; Host checks and the other headers are the server's.
 */
export const createPages = (service: Source, options: PagesOptions = {}): Hono => {
  const { streamsMax = 32, clock = systemClock, report = () => undefined } = options
  const { everyMs = 1_000, numbersEveryMs = 3_000, beatMs = 5_000, stalledMs = 30_000 } = options
  const broadcast = new Broadcast(service, clock, { everyMs, numbersEveryMs }, report)
  const pageVersion = () => sha256(`${assetsVersion} ${service.view().version}`).slice(0, 16)
  const app = new Hono()

  app.get('/', (c) => {
    const frame = newFrame()
    return page(c, frame, <ClusterPage view={service.view()} frame={frame} events={`/events?page=${pageVersion()}`} />)
  })

  app.get('/nodes/:peer', (c) => {
    const wanted = c.req.param('peer')
    const view = service.view()
    const member = view.members.find((one) => one.peer === wanted) ?? view.members.find((one) => one.name === wanted)
    if (member === undefined) return notFound(service, `No machine is called ${clipped(wanted)}`)
    const frame = newFrame()
    return page(c, frame, <MachinePage view={view} member={member} frame={frame} />)
  })

  app.get('/events', (c) => {
    if (broadcast.size >= streamsMax) {
      c.header('retry-after', '10')
      return c.text(
        `This machine serves ${streamsMax} open pages at a time, and has as many. Close one; this one then goes on by itself.`,
        503,
      )
    }
    c.header('x-content-type-options', 'nosniff')
    const known = c.req.query('page')
    return streamSSE(
      c,
      async (stream) => {
        // A page from before an upgrade: its regions may not be these, so it is asked to load itself again.
        if (known !== undefined && known !== pageVersion())
          return stream.writeSSE({ event: 'bzzz:renewed', data: '' }).then(() => undefined)
        await follow(stream, broadcast, clock, { beatMs, stalledMs })
      },
      async (error) => report(error),
    )
  })

  app.get('/assets/:name', (c) => {
    const asset = assets.get(c.req.path)
    if (asset === undefined) return c.text('There is no such file. Reload the page that asked for it.', 404)
    return c.body(asset.body, 200, {
      'content-type': asset.type,
      'cache-control': 'public, max-age=31536000, immutable',
      'x-content-type-options': 'nosniff',
    })
  })

  app.notFound(() => notFound(service, 'There is no such page'))
  app.onError((error) => {
    report(error)
    return broken(service, error)
  })
  return app
}

const page = (c: Context, frame: Frame, html: { toString(): string }): Response | Promise<Response> =>
  c.html(`<!doctype html>${html}`, 200, { 'cache-control': 'no-store', 'content-security-policy': contentSecurityPolicy(frame) })

const notFound = (service: Source, title: string): Response =>
  problemResponse(
    { status: 404, title, detail: 'The address may be old or mistyped. All machines are listed on the cluster page.' },
    service,
  )

const broken = (service: Source, error: unknown): Response =>
  error instanceof Fault
    ? problemResponse(
        { status: 503, title: withoutStop(error.message), detail: error.hint ?? 'Nothing was changed. Reload the page to try again.' },
        service,
      )
    : problemResponse(
        {
          status: 500,
          title: 'Something broke in bzzz, not in what you did',
          detail: 'Nothing was changed. The line below helps to find it.',
          trace: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown error',
        },
        service,
      )

const withoutStop = (text: string): string => text.replace(/\.$/, '')
const clipped = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text)
